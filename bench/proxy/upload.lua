-- For wrk: 1 MB with each request, as paths.js has it.
wrk.method = "POST"
wrk.body = string.rep("fairlead", 128 * 1024)
wrk.headers["Content-Type"] = "application/octet-stream"
