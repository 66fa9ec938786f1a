const response = await fetch('https://cloud.blackbox.ai/api/tasks/Kq3vT_8mZ-1xWc7RbN0ya', {
  method: 'PATCH',
  headers: {
    Authorization: 'Bearer YOUR_API_KEY',
    'Content-Type': 'application/json',
  },
  body: JSON.stringify({ action: 'stop' }),
});
const { message, task } = await response.json();
console.log(message, task.id, task.status, task.completedAt);
