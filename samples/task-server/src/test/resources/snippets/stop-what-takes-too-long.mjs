const task = 'https://cloud.blackbox.ai/api/tasks/Kq3vT_8mZ-1xWc7RbN0ya';
const headers = { Authorization: 'Bearer YOUR_API_KEY', 'Content-Type': 'application/json' };
const patience = 3;

for (let asked = 1; ; asked++) {
  const status = await (await fetch(`${task}/status`, { headers })).json();
  console.log(status.status, status.isDone);
  if (status.isDone) {
    break;
  }
  if (asked === patience) {
    await fetch(task, { method: 'PATCH', headers, body: JSON.stringify({ action: 'stop' }) });
  }
}
