"""Creates a missing repository as the public Terraform modules do: with boto3, asking first whether it exists.

It has none of the rest: no policy on names, no completion of half-configured repositories, no metrics.
"""
import json
import os

import boto3

ecr = boto3.client("ecr")
settings = json.loads(os.environ["BENCH_SETTINGS"])


def handler(event, context):
    name = event["detail"]["requestParameters"]["repositoryName"]
    try:
        ecr.describe_repositories(repositoryNames=[name])
        print(f"{name} repository already exists")
    except ecr.exceptions.RepositoryNotFoundException:
        ecr.create_repository(repositoryName=name, **settings)
        print(f"created {name} repository")
