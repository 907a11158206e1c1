import { ApplicationFailure } from '@temporalio/common';
import type { Sources } from '../machines/sources.ts';
import { type MinSupport, OrderRefused } from './ports.ts';

/** Ordering on form 9460, and cancelling. */
export function createMinSupportSources(minSupport: MinSupport) {
  return {
    async order({ running, ...order }) {
      try {
        // The same key on each try, so that a worker killed before it could report does not order twice.
        return await minSupport.order(`${order.request}/${running}`, { form: '9460', ...order });
      } catch (error) {
        if (error instanceof OrderRefused) throw ApplicationFailure.nonRetryable(error.message, 'OrderRefused');
        throw error;
      }
    },

    async cancelOrder({ orderNumber }) {
      await minSupport.cancel(orderNumber);
    },
  } satisfies Pick<Sources, 'order' | 'cancelOrder'>;
}
