import requests

response = requests.patch(
    "https://cloud.blackbox.ai/api/tasks/Kq3vT_8mZ-1xWc7RbN0ya",
    headers={
        "Authorization": "Bearer YOUR_API_KEY",
        "Content-Type": "application/json",
    },
    json={"action": "stop"},
)
response.raise_for_status()
task = response.json()["task"]
print(task["id"], task["status"], task["completedAt"])
