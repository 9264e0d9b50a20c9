"""moto's server, with what its IAM evaluator lacks to judge calls of ECR and CloudWatch Logs: the resource that a call is made on.

moto asks a service for it by `_determine_resource`, which these two do not have: every call would be on `*`, which no policy allows that
names repositories or log groups. What is decided, by the role's policies, stays moto's own. The refusal is written as these services' JSON
protocol has it, where moto writes XML, which no SDK reads there.
"""

import json
import os
import sys

from moto import server
from moto.core.exceptions import AccessDeniedError
from moto.ecr.responses import ECRResponse
from moto.logs.responses import LogsResponse
from moto.utilities.utils import get_partition

CALLS = open(os.environ["MOTO_CALLS_FILE"], "a", encoding="utf-8", buffering=1)


def arn_of(call, service, resource):
    return f"arn:{get_partition(call.region)}:{service}:{call.region}:{call.current_account}:{resource}"


# Both as the Service Authorization Reference has them, and `*` for calls that name none.


def repository_of(call):
    name = call._get_param("repositoryName")
    return call._get_param("resourceArn") or (arn_of(call, "ecr", f"repository/{name}") if name else "*")


def log_stream_of(call):
    group, stream = call._get_param("logGroupName"), call._get_param("logStreamName")
    return arn_of(call, "logs", f"log-group:{group}:log-stream:{stream or ''}") if group else "*"


def judged_by_resource(service, response, resource_of):
    if hasattr(response, "_determine_resource"):
        sys.exit(f"moto's {service} has learnt to tell the resource of a call: it needs nothing of this file any more")
    authorize = response._authenticate_and_authorize_normal_action

    def authorize_and_record(call, resource="*"):
        allowed = False
        try:
            authorize(call, resource)
            allowed = True
        except AccessDeniedError as error:
            error.description = json.dumps({"__type": "AccessDeniedException", "message": error.message})
            raise
        finally:
            CALLS.write(json.dumps({"service": service, "action": call._get_action(), "resource": resource, "allowed": allowed}) + "\n")

    response._determine_resource = resource_of
    response._authenticate_and_authorize_normal_action = authorize_and_record


judged_by_resource("ecr", ECRResponse, repository_of)
judged_by_resource("logs", LogsResponse, log_stream_of)
server.main(sys.argv[1:])
