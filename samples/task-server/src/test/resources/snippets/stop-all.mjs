const tasks = 'https://cloud.blackbox.ai/api/tasks';
const headers = { Authorization: 'Bearer YOUR_API_KEY', 'Content-Type': 'application/json' };

const page = await (await fetch(`${tasks}?status=active&limit=100`, { headers })).json();
const answers = await Promise.all(
  page.tasks.map(({ id }) =>
    fetch(`${tasks}/${id}`, { method: 'PATCH', headers, body: JSON.stringify({ action: 'stop' }) }),
  ),
);
console.log(answers.map((answer) => answer.status).join(' '), page.hasMore);
