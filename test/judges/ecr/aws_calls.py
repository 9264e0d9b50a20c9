"""Makes the calls of AWS that it reads as lines of JSON, by boto3, and writes each answer as a line of JSON."""

import base64
import json
import sys

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

# An error is an answer here, so that there is nothing to try again.
CONFIG = Config(retries={"total_max_attempts": 1})
CLIENTS = {}


def client_for(service, credentials):
    """The endpoint and the Region are the environment's."""
    key = (service, credentials["accessKeyId"])
    if key not in CLIENTS:
        CLIENTS[key] = boto3.client(
            service,
            config=CONFIG,
            aws_access_key_id=credentials["accessKeyId"],
            aws_secret_access_key=credentials["secretAccessKey"],
            aws_session_token=credentials.get("sessionToken"),
        )
    return CLIENTS[key]


def parameter(value):
    """Bytes are written as an object with the text in base64."""
    return base64.b64decode(value["base64"]) if value.keys() == {"base64"} else value


def written(value):
    """What JSON has no word for."""
    if hasattr(value, "read"):
        value = value.read()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


for line in sys.stdin:
    call = json.loads(line, object_hook=parameter)
    try:
        client = client_for(call["service"], call["credentials"])
        result = getattr(client, xform_name(call["operation"]))(**call["parameters"])
        result.pop("ResponseMetadata", None)
        answer = {"result": result}
    except ClientError as error:
        answer = {"error": {"code": error.response["Error"]["Code"], "message": str(error)}}
    except Exception as error:
        answer = {"error": {"code": type(error).__name__, "message": str(error)}}
    print(json.dumps(answer, default=written), flush=True)
