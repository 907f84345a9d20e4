export { type Dashboard, type DashboardOptions, dashboard } from './dashboard.js';
