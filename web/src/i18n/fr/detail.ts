import type { Messages } from '../en';

export const detail: Messages['detail'] = {
  title: 'detail',
};
