// A process that stays warm: node warm.cjs HANDLER. It takes lists of events from its parent, and answers how long each took, in milliseconds.
'use strict';

const { handler } = require(process.argv[2]);

const context = { awsRequestId: 'ba7e2d5c-5f5d-4b6c-9d0a-2f9d3a6f7f10', functionName: process.env.AWS_LAMBDA_FUNCTION_NAME };

process.on('message', events => {
  void (async () => {
    const milliseconds = [];
    for (const event of events) {
      const start = performance.now();
      await handler(event, context);
      milliseconds.push(performance.now() - start);
    }
    process.send(milliseconds);
  })();
});
