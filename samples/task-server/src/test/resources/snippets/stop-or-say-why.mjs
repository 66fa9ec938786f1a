async function stop(taskId, key) {
  const response = await fetch(`https://cloud.blackbox.ai/api/tasks/${taskId}`, {
    method: 'PATCH',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ action: 'stop' }),
  });
  const body = await response.json();
  if (!response.ok) {
    throw new Error(`${response.status}: ${body.error}`);
  }
  return body.task;
}

for (const key of ['YOUR_API_KEY', 'YOUR_API_KEY', 'a wrong one']) {
  try {
    console.log((await stop('Kq3vT_8mZ-1xWc7RbN0ya', key)).status);
  } catch (error) {
    console.log(error.message);
  }
}
