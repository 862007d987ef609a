import { QueryClient } from '@tanstack/react-query';
import { ApiError, NetworkError } from './api/errors';

/** Asks again only where asking again can help, twice at most. */
export const createQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => {
          if (failures >= 2) return false;
          if (error instanceof NetworkError) return true;
          return error instanceof ApiError && error.problem.retryable && error.problem.status >= 500;
        },
        retryDelay: (failures) => 400 * 2 ** failures,
        staleTime: 5_000,
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  });
