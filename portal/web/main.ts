import '@fkui/theme-default/dist/theme-light.css';
import '@fkui/design/lib/fkui.min.css';
import '@fkui/design/lib/fonts.css';
import './portal.css';
import { TranslationPlugin, ValidationPlugin } from '@fkui/vue';
import { createApp } from 'vue';
import App from './App.vue';
import { showIcons } from './icons.ts';
import { speak } from './language.ts';
import { router } from './router.ts';
import { session, whoAmI } from './session.ts';

void showIcons();
await whoAmI();
await speak(session.me?.language ?? 'sv');
createApp(App).use(router).use(TranslationPlugin).use(ValidationPlugin).mount('#app');
