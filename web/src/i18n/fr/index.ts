import type { Messages } from '../en';
import { add } from './add';
import { auth } from './auth';
import { common } from './common';
import { detail } from './detail';
import { errors } from './errors';
import { list } from './list';

export const fr: Messages = { common, auth, errors, list, detail, add };
