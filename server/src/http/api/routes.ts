import { cancelAction, getAction, listActions } from './actions.ts';
import type { BrokerContext } from './api-context.ts';
import type { ApiRoute } from './api-route.ts';
import { approve, deny, getApproval, listApprovals } from './approvals.ts';
import { exportAudit, verifyAudit } from './audit.ts';
import { getMe } from './me.ts';
import { createOrganization, listOrganizations } from './organizations.ts';
import { checkPolicy, getPolicy, previewPolicy, setPolicy } from './policy.ts';
import { getQuotas, quotaUsage, setQuotas } from './quotas.ts';
import { getReadOnly, setReadOnly } from './read-only.ts';
import { listRedactionWarnings } from './redaction.ts';
import { listRuntimes } from './runtimes.ts';
import { createToken, listTokens, revokeToken, rotateToken } from './tokens.ts';
import { changeUser, createUser, getUser, listUsers, removeUser, renewPassword, signOutUser } from './users.ts';

/** All that stands under /api but its own description: the routes are mounted from this list, and described from it. */
export const API_ROUTES: readonly ApiRoute<BrokerContext>[] = [
  getMe,
  listRuntimes,
  listActions,
  getAction,
  cancelAction,
  listTokens,
  createToken,
  revokeToken,
  rotateToken,
  listUsers,
  getUser,
  createUser,
  changeUser,
  removeUser,
  renewPassword,
  signOutUser,
  listOrganizations,
  createOrganization,
  getPolicy,
  setPolicy,
  checkPolicy,
  previewPolicy,
  listRedactionWarnings,
  getQuotas,
  setQuotas,
  quotaUsage,
  listApprovals,
  getApproval,
  approve,
  deny,
  getReadOnly,
  setReadOnly,
  exportAudit,
  verifyAudit,
];
