import TestSupport
import Testing

/// Clients that nobody here wrote believe the sandbox: they make a bucket, upload in one piece and in parts, list, copy,
/// sync, change ACLs, presign and delete, over HTTP and HTTPS.
@Suite("Clients of others")
struct ClientTests {
  @Test(
    "the AWS CLI, every version that is there",
    .enabled(if: ClientStage.isInstalled("aws", "curl"), "needs 'aws' and 'curl'"),
    arguments: ClientStage.Scheme.allCases, ClientStage.programs(named: "aws"))
  func awsCLI(scheme: ClientStage.Scheme, program: String) async throws {
    try await ClientStage.with(scheme) { stage in
      try await stage.shell(
        """
        aws() { "\(program)" --endpoint-url "$ENDPOINT" "$@"; }
        aws s3 mb "s3://$BUCKET" >/dev/null
        aws s3 cp --no-progress small "s3://$BUCKET/a/small" >/dev/null
        aws s3 cp --no-progress large "s3://$BUCKET/a/large" >/dev/null
        aws s3 cp --no-progress "s3://$BUCKET/a/large" "s3://$BUCKET/b/large" >/dev/null
        mkdir copy && aws s3 sync --no-progress "s3://$BUCKET/a" copy >/dev/null
        cmp small copy/small && cmp large copy/large
        aws s3api put-object-acl --bucket "$BUCKET" --key a/small --grant-read "id=$OTHER_ID"
        aws s3api get-object-acl --bucket "$BUCKET" --key a/small | grep -q "$OTHER_ID"
        curl -sf "$(aws s3 presign "s3://$BUCKET/a/small")" | cmp - small
        aws s3 rb --force "s3://$BUCKET" >/dev/null
        """)
    }
  }

  @Test(
    "boto3 as it comes", .enabled(if: ClientStage.hasModule("boto3"), "needs Python's boto3"),
    arguments: ClientStage.Scheme.allCases)
  func boto3(scheme: ClientStage.Scheme) async throws {
    try await ClientStage.with(scheme) { stage in
      try stage.place.write(Self.boto3Script, to: "work.py")
      try await stage.shell("python3 work.py")
    }
  }

  @Test(
    "s3cmd", .enabled(if: ClientStage.isInstalled("s3cmd", "curl"), "needs 's3cmd' and 'curl'"),
    arguments: ClientStage.Scheme.allCases)
  func s3cmd(scheme: ClientStage.Scheme) async throws {
    try await ClientStage.with(scheme) { stage in
      let options = scheme == .https ? "--ssl --ca-certs=ca.pem" : "--no-ssl"
      try await stage.shell(
        """
        touch config
        s3() { command s3cmd -c config --host="$HOST" --host-bucket="$HOST" --no-progress \(options) "$@"; }
        s3 mb "s3://$BUCKET" >/dev/null
        s3 put small "s3://$BUCKET/a/small" >/dev/null
        s3 put --multipart-chunk-size-mb=5 large "s3://$BUCKET/a/large" >/dev/null
        test "$(s3 ls -r "s3://$BUCKET" | wc -l)" = 2
        s3 cp "s3://$BUCKET/a/small" "s3://$BUCKET/b/small" >/dev/null
        mkdir copy && s3 sync "s3://$BUCKET/a/" copy/ >/dev/null
        cmp small copy/small && cmp large copy/large
        s3 setacl --acl-public "s3://$BUCKET/a/small" >/dev/null
        s3 info "s3://$BUCKET/a/small" >/dev/null
        curl -sf "$(s3 signurl "s3://$BUCKET/a/large" +60 | sed 's|^https*:|\(scheme.rawValue):|')" | cmp - large
        s3 del -r -f "s3://$BUCKET" >/dev/null
        s3 rb "s3://$BUCKET" >/dev/null
        """)
    }
  }

  @Test(
    "rclone", .enabled(if: ClientStage.isInstalled("rclone", "curl"), "needs 'rclone' and 'curl'"),
    arguments: ClientStage.Scheme.allCases)
  func rclone(scheme: ClientStage.Scheme) async throws {
    try await ClientStage.with(scheme) { stage in
      let trust = scheme == .https ? "--ca-cert ca.pem" : ""
      try await stage.shell(
        """
        export RCLONE_CONFIG="$PWD/rclone.conf" RCLONE_CONFIG_S_TYPE=s3 RCLONE_CONFIG_S_PROVIDER=Other
        export RCLONE_CONFIG_S_ENV_AUTH=true RCLONE_CONFIG_S_ENDPOINT="$ENDPOINT"
        export RCLONE_CONFIG_S_FORCE_PATH_STYLE=true RCLONE_CONFIG_S_REGION="$AWS_DEFAULT_REGION"
        touch rclone.conf
        # Its own option is what it takes.
        unset AWS_CA_BUNDLE
        r() { command rclone -q --retries 1 --s3-upload-cutoff 5M --s3-chunk-size 5M \(trust) "$@"; }
        r mkdir "s:$BUCKET"
        r copyto small "s:$BUCKET/a/small"
        r copyto large "s:$BUCKET/a/large"
        test "$(r lsf "s:$BUCKET/a" | wc -l)" = 2
        r copyto "s:$BUCKET/a/large" "s:$BUCKET/b/large"
        r sync "s:$BUCKET/a" copy
        cmp small copy/small && cmp large copy/large
        r check "s:$BUCKET/a" copy
        curl -sf "$(r link --expire 60s "s:$BUCKET/a/small")" | cmp - small
        r deletefile "s:$BUCKET/b/large"
        r purge "s:$BUCKET"
        """)
    }
  }

  @Test(
    "s5cmd", .enabled(if: ClientStage.isInstalled("s5cmd", "curl"), "needs 's5cmd' and 'curl'"),
    arguments: ClientStage.Scheme.allCases)
  func s5cmd(scheme: ClientStage.Scheme) async throws {
    try await ClientStage.with(scheme) { stage in
      try await stage.shell(
        """
        s5() { command s5cmd --endpoint-url "$ENDPOINT" --retry-count 0 "$@"; }
        s5 mb "s3://$BUCKET"
        s5 cp small "s3://$BUCKET/a/small"
        s5 cp --part-size 5 large "s3://$BUCKET/a/large"
        s5 cp --acl bucket-owner-full-control "s3://$BUCKET/a/large" "s3://$BUCKET/b/large"
        test "$(s5 ls "s3://$BUCKET/*" | wc -l)" = 3
        s5 sync "s3://$BUCKET/a/*" copy/
        cmp small copy/small && cmp large copy/large
        curl -sf "$(s5 presign --expire 1m "s3://$BUCKET/a/small")" | cmp - small
        s5 rm "s3://$BUCKET/*"
        s5 rb "s3://$BUCKET"
        """)
    }
  }

  @Test(
    "obstore", .enabled(if: ClientStage.hasModule("obstore, boto3"), "needs Python's obstore and boto3"),
    arguments: ClientStage.Scheme.allCases)
  func obstore(scheme: ClientStage.Scheme) async throws {
    try await ClientStage.with(scheme) { stage in
      try stage.place.write(Self.obstoreScript, to: "work.py")
      try await stage.shell("python3 work.py")
    }
  }

  private static let boto3Script = """
    import os, time, urllib.error, urllib.request
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError
    import ssl
    bucket, endpoint = os.environ['BUCKET'], os.environ['ENDPOINT']
    s3 = boto3.client('s3', endpoint_url=endpoint)
    bundle = os.environ.get('AWS_CA_BUNDLE')
    trust = ssl.create_default_context(cafile=bundle) if bundle else None
    small, large = open('small', 'rb').read(), open('large', 'rb').read()
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key='a/small', Body=small)
    s3.put_object(Bucket=bucket, Key='a/chunked', Body=open('large', 'rb'))
    s3.upload_file('large', bucket, 'a/large')
    assert s3.get_object(Bucket=bucket, Key='a/chunked')['Body'].read() == large
    assert s3.get_object(Bucket=bucket, Key='a/large')['Body'].read() == large
    assert [o['Key'] for o in s3.list_objects_v2(Bucket=bucket)['Contents']] == ['a/chunked', 'a/large', 'a/small']
    s3.copy({'Bucket': bucket, 'Key': 'a/large'}, bucket, 'b/large')
    s3.put_object_acl(Bucket=bucket, Key='a/small', GrantRead='id=' + os.environ['OTHER_ID'])
    assert len(s3.get_object_acl(Bucket=bucket, Key='a/small')['Grants']) == 1
    names = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize']
    known = s3.get_object_attributes(Bucket=bucket, Key='a/large', ObjectAttributes=names)
    assert known['ObjectSize'] == len(large) and known['ObjectParts']['TotalPartsCount'] == 2, known

    def presigned(client, operation, seconds=60, after=0, data=None, headers={}, **parameters):
        url = client.generate_presigned_url(operation, Params={'Bucket': bucket, **parameters}, ExpiresIn=seconds)
        time.sleep(after)
        method = {'get_object': 'GET', 'head_object': 'HEAD', 'put_object': 'PUT'}[operation]
        request = urllib.request.Request(url, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, context=trust) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    # As it comes, boto3 still signs URLs with version 2.
    for client in [s3, boto3.client('s3', endpoint_url=endpoint, config=Config(signature_version='s3v4'))]:
        assert presigned(client, 'get_object', Key='a/small') == (200, small)
        status, body = presigned(client, 'get_object', Key='a/small', ResponseContentType='text/x')
        assert status == 200, body
        assert presigned(client, 'put_object', Key='p', data=b'new', headers={'Content-Type': ''})[0] == 200
        status, body = presigned(client, 'get_object', seconds=1, after=2, Key='a/small')
        assert status == 403 and b'Request has expired' in body, body

    def code(call, **parameters):
        try:
            getattr(s3, call)(Bucket=bucket, **parameters)
            return 'none'
        except ClientError as error:
            return error.response['Error']['Code']

    unset = {
        'get_bucket_cors': 'NoSuchCORSConfiguration', 'get_bucket_website': 'NoSuchWebsiteConfiguration',
        'get_bucket_lifecycle_configuration': 'NoSuchLifecycleConfiguration', 'get_bucket_tagging': 'NoSuchTagSet',
        'get_bucket_replication': 'ReplicationConfigurationNotFoundError', 'get_bucket_policy': 'NoSuchBucketPolicy',
        'get_public_access_block': 'NoSuchPublicAccessBlockConfiguration',
        'get_object_lock_configuration': 'ObjectLockConfigurationNotFoundError',
        'get_bucket_ownership_controls': 'OwnershipControlsNotFoundError',
        'get_bucket_policy_status': 'NoSuchBucketPolicy', 'get_bucket_accelerate_configuration': 'none',
        'get_bucket_notification_configuration': 'none', 'get_bucket_logging': 'none', 'get_bucket_acl': 'none',
        'get_bucket_request_payment': 'none', 'get_bucket_versioning': 'none', 'get_bucket_encryption': 'none',
        'list_bucket_analytics_configurations': 'none', 'list_bucket_inventory_configurations': 'none',
        'list_bucket_metrics_configurations': 'none', 'list_bucket_intelligent_tiering_configurations': 'none',
        'get_bucket_location': 'none', 'list_object_versions': 'none',
    }
    wrong = {call: code(call) for call in unset if code(call) != unset[call]}
    assert not wrong, wrong
    assert code('get_bucket_metrics_configuration', Id='x') == 'NoSuchConfiguration'
    s3.put_bucket_tagging(Bucket=bucket, Tagging={'TagSet': [{'Key': 'k', 'Value': 'v'}]})
    assert s3.get_bucket_tagging(Bucket=bucket)['TagSet'] == [{'Key': 'k', 'Value': 'v'}]
    s3.delete_bucket_tagging(Bucket=bucket)
    keys = [{'Key': o['Key']} for o in s3.list_objects_v2(Bucket=bucket)['Contents']]
    s3.delete_objects(Bucket=bucket, Delete={'Objects': keys})
    s3.delete_bucket(Bucket=bucket)
    """

  private static let obstoreScript = """
    import os, ssl, urllib.request
    from datetime import timedelta
    import boto3, obstore
    from obstore.store import S3Store
    bundle = os.environ.get('AWS_CA_BUNDLE')
    options = {'root_certificate': open(bundle, 'rb').read()} if bundle else {}
    store = S3Store(os.environ['BUCKET'], endpoint=os.environ['ENDPOINT'], region=os.environ['AWS_DEFAULT_REGION'],
        client_options={'allow_http': True, **options})
    small, large = open('small', 'rb').read(), open('large', 'rb').read()
    boto3.client('s3', endpoint_url=os.environ['ENDPOINT']).create_bucket(Bucket=os.environ['BUCKET'])
    obstore.put(store, 'a/small', small)
    obstore.put(store, 'a/large', large, use_multipart=True, chunk_size=5 << 20)
    assert bytes(obstore.get(store, 'a/large').bytes()) == large
    assert sorted(o['path'] for page in obstore.list(store) for o in page) == ['a/large', 'a/small']
    obstore.copy(store, 'a/small', 'b/small')
    url = obstore.sign(store, 'GET', 'b/small', timedelta(seconds=60))
    context = ssl.create_default_context(cafile=bundle) if bundle else None
    assert urllib.request.urlopen(url, context=context).read() == small
    obstore.delete(store, ['a/small', 'a/large', 'b/small'])
    """
}
