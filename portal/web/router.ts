import { createRouter, createWebHistory } from 'vue-router';
import StartPage from './pages/StartPage.vue';

/** The pages, each loaded when it is first opened. Those that need a login say so by `login`. */
export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/', name: 'start', component: StartPage },
    { path: '/staff', name: 'staff', component: () => import('./pages/StaffPage.vue'), meta: { login: true } },
    {
      path: '/staff/:employee/order',
      name: 'order',
      component: () => import('./pages/OrderPage.vue'),
      props: true,
      meta: { login: true },
    },
    {
      path: '/staff/:employee/leaves',
      name: 'leaves',
      component: () => import('./pages/LeavesPage.vue'),
      props: true,
      meta: { login: true },
    },
    { path: '/tasks', name: 'tasks', component: () => import('./pages/TasksPage.vue'), meta: { login: true } },
    {
      path: '/tasks/:request/:kind(decide|detach|remove)',
      name: 'task',
      component: () => import('./pages/TaskPage.vue'),
      props: true,
      meta: { login: true },
    },
    { path: '/cases', name: 'cases', component: () => import('./pages/CasesPage.vue'), meta: { login: true } },
    {
      path: '/cases/:request',
      name: 'case',
      component: () => import('./pages/CasePage.vue'),
      props: true,
      meta: { login: true },
    },
    { path: '/deputies', name: 'deputies', component: () => import('./pages/DeputiesPage.vue'), meta: { login: true } },
    { path: '/accessibility', name: 'accessibility', component: () => import('./pages/AccessibilityPage.vue') },
    { path: '/:rest(.*)*', name: 'notFound', component: () => import('./pages/NotFoundPage.vue') },
  ],
});
