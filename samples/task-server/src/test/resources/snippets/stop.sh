curl --request PATCH \
  --url https://cloud.blackbox.ai/api/tasks/Kq3vT_8mZ-1xWc7RbN0ya \
  --header 'Authorization: Bearer YOUR_API_KEY' \
  --header 'Content-Type: application/json' \
  --data '{"action": "stop"}'
