import { add } from './add';
import { auth } from './auth';
import { common } from './common';
import { detail } from './detail';
import { errors } from './errors';
import { list } from './list';

export const en = { common, auth, errors, list, detail, add };

/** What every other language has to bring; a missing key does not compile. */
export type Messages = typeof en;
