import AWSKit
import TestSupport
import Testing

/// S3 Inventory and S3 Batch Operations of the sandbox, driven by boto3, which nobody here wrote.
@Suite("boto3 drives inventories and batch jobs of the sandbox")
struct BatchClientTests {
  @Test(
    "from the report to the repaired bucket, with faults, and back",
    .enabled(if: ClientStage.isInstalled("python3") && ClientStage.hasModule("boto3"), "needs 'boto3' of Python"),
    .timeLimit(.minutes(2)))
  func wholeWay() async throws {
    try await OwnSandbox.with { server in
      let control = try #require(server.control)
      let place = try Workplace(
        server,
        environment: [
          "ENDPOINT": server.endpoint, "CONTROL": "http://" + control.authority, "AWS_EC2_METADATA_DISABLED": "true",
          "SITE": server.site.keys, "TOOLS": server.tools.keys,
        ])
      try place.write(Self.script, to: "work.py")
      let result = try await place.shell("python3 work.py")
      #expect(result.status == 0, "\(result.out)\n\(result.err)")
    }
  }

  private static let script = """
    import base64, csv, gzip, hashlib, io, json, os, time, urllib.parse, urllib.request
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError

    endpoint = os.environ['ENDPOINT']
    site, tools = ({'id': a[0], 'canonical': a[1], 'keys': {'aws_access_key_id': a[2], 'aws_secret_access_key': a[3]}}
                   for a in (os.environ[n].split(' ') for n in ['SITE', 'TOOLS']))
    def client(service, account):
        # S3 Control puts the account's ID before the host: the sandbox is asked as a proxy would be.
        if service == 's3control':
            return boto3.client(service, endpoint_url='http://localhost', region_name='us-east-1',
                                config=Config(proxies={'http': endpoint}), **account['keys'])
        return boto3.client(service, endpoint_url=endpoint, region_name='us-east-1', **account['keys'])
    def control(method, path, body=None):
        request = urllib.request.Request(os.environ['CONTROL'] + path, method=method, data=body and body.encode())
        return urllib.request.urlopen(request).read()

    s3, s3_tools = client('s3', site), client('s3', tools)
    jobs = client('s3control', tools)
    s3.create_bucket(Bucket='source')
    s3.create_bucket(Bucket='reports')
    s3.put_bucket_policy(Bucket='source', Policy=json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow',
        'Principal': {'AWS': tools['id']}, 'Action': ['s3:PutObject', 's3:PutObjectAcl'], 'Resource': 'arn:aws:s3:::source/*'}]}))
    s3.put_bucket_policy(Bucket='reports', Policy=json.dumps({'Version': '2012-10-17', 'Statement': [
        {'Effect': 'Allow', 'Principal': {'AWS': tools['id']}, 'Action': ['s3:PutObject', 's3:GetObject', 's3:ListBucket'],
         'Resource': ['arn:aws:s3:::reports', 'arn:aws:s3:::reports/*']},
        {'Effect': 'Allow', 'Principal': {'Service': 's3.amazonaws.com'}, 'Action': 's3:PutObject',
         'Resource': 'arn:aws:s3:::reports/*', 'Condition': {'ArnLike': {'aws:SourceArn': 'arn:aws:s3:::source'},
         'StringEquals': {'aws:SourceAccount': site['id'], 's3:x-amz-acl': 'bucket-owner-full-control'}}}]}))
    s3.put_object(Bucket='source', Key='own', Body=b'own')
    keys = ['a b', 'ü/ö', 'plus+', 'c"q"', 'd,e'] + ['many/%03d' % n for n in range(200)]
    for key in keys: s3_tools.put_object(Bucket='source', Key=key, Body=b'x')

    s3.put_bucket_inventory_configuration(Bucket='source', Id='daily', InventoryConfiguration={
        'Destination': {'S3BucketDestination': {'Bucket': 'arn:aws:s3:::reports', 'Format': 'CSV', 'Prefix': 'inv',
                                                'Encryption': {'SSES3': {}}}},
        'IsEnabled': True, 'Id': 'daily', 'IncludedObjectVersions': 'Current', 'Schedule': {'Frequency': 'Daily'},
        'OptionalFields': ['Size', 'LastModifiedDate', 'ETag', 'StorageClass', 'EncryptionStatus']})
    assert s3.get_bucket_inventory_configuration(Bucket='source', Id='daily')['InventoryConfiguration']['Id'] == 'daily'
    assert len(s3.list_bucket_inventory_configurations(Bucket='source')['InventoryConfigurationList']) == 1
    report = json.loads(control('POST', '/inventory?bucket=source&id=daily&rows=50'))
    key = report['manifest'].removeprefix('s3://reports/')
    text = s3.get_object(Bucket='reports', Key=key)['Body'].read()
    checksum = s3.get_object(Bucket='reports', Key=key.replace('.json', '.checksum'))['Body'].read().decode()
    assert hashlib.md5(text).hexdigest() == checksum
    manifest = json.loads(text)
    names = manifest['fileSchema'].split(', ')
    assert names == ['Bucket', 'Key', 'Size', 'LastModifiedDate', 'ETag', 'StorageClass', 'EncryptionStatus'], names
    listed = []
    for file in manifest['files']:
        content = s3.get_object(Bucket='reports', Key=file['key'])['Body'].read()
        assert hashlib.md5(content).hexdigest() == file['MD5checksum'] and len(content) == file['size']
        listed += [urllib.parse.unquote(row[1]) for row in csv.reader(io.StringIO(gzip.decompress(content).decode()))]
    assert len(manifest['files']) == 5 and sorted(listed) == sorted(keys + ['own']) and listed != sorted(listed)

    rows = ''.join('source,%s\\n' % urllib.parse.quote(key, safe='/') for key in keys + ['gone'])
    etag = s3_tools.put_object(Bucket='reports', Key='jobs/m.csv', Body=rows.encode())['ETag']
    def grant(account, permission):
        return {'Grantee': {'TypeIdentifier': 'id', 'Identifier': account['canonical']}, 'Permission': permission}
    def create(token, **more):
        wanted = dict(AccountId=tools['id'], ConfirmationRequired=True, ClientRequestToken=token, Priority=1,
            Operation={'S3PutObjectAcl': {'AccessControlPolicy': {'AccessControlList': {
                'Owner': {'ID': tools['canonical']}, 'Grants': [grant(tools, 'FULL_CONTROL'), grant(site, 'READ')]}}}},
            Report={'Bucket': 'arn:aws:s3:::reports', 'Format': 'Report_CSV_20180820', 'Enabled': True,
                    'Prefix': 'done', 'ReportScope': 'AllTasks'},
            Manifest={'Spec': {'Format': 'S3BatchOperations_CSV_20180820', 'Fields': ['Bucket', 'Key']},
                      'Location': {'ObjectArn': 'arn:aws:s3:::reports/jobs/m.csv', 'ETag': etag}},
            RoleArn='arn:aws:iam::%s:role/fixacl' % tools['id'])
        return jobs.create_job(**{**wanted, **more})['JobId']
    def wait(job, *statuses):
        for _ in range(500):
            found = jobs.describe_job(AccountId=tools['id'], JobId=job)['Job']
            if found['Status'] in statuses: return found
            time.sleep(0.02)
        raise Exception(found)
    def code(call):
        try: call()
        except ClientError as error: return error.response['Error']['Code']

    job = create('one')
    assert create('one') == job
    assert code(lambda: create('one', Priority=2)) == 'IdempotencyException'
    assert code(lambda: jobs.describe_job(AccountId=tools['id'], JobId='00000000')) == 'NoSuchJobException'
    assert code(lambda: jobs.list_jobs(AccountId=site['id'])) == 'AccessDenied'
    found = wait(job, 'Suspended')
    assert found['ProgressSummary']['TotalNumberOfTasks'] == len(keys) + 1 and 'SuspendedDate' in found
    assert found['Operation']['S3PutObjectAcl']['AccessControlPolicy']['AccessControlList']['Grants'][1]['Permission'] == 'READ'
    control('PUT', '/faults', json.dumps([{'operation': 'PutObjectAcl', 'fault': 'slowdown', 'probability': 0.2},
        {'operation': 'PutObjectAcl', 'fault': 'internal', 'probability': 0.1},
        {'operation': 'PutObjectAcl', 'fault': 'truncate', 'count': 3}]))
    jobs.update_job_status(AccountId=tools['id'], JobId=job, RequestedJobStatus='Ready')
    found = wait(job, 'Complete', 'Failed')
    control('DELETE', '/faults')
    summary = found['ProgressSummary']
    assert (summary['NumberOfTasksSucceeded'], summary['NumberOfTasksFailed']) == (len(keys), 1), found
    assert code(lambda: jobs.update_job_status(AccountId=tools['id'], JobId=job, RequestedJobStatus='Cancelled')) == 'JobStatusException'
    text = s3_tools.get_object(Bucket='reports', Key='done/job-%s/manifest.json' % job)['Body'].read()
    results = json.loads(text)['Results']
    lines = []
    for result in results:
        content = s3_tools.get_object(Bucket=result['Bucket'], Key=result['Key'])['Body'].read()
        assert hashlib.md5(content).hexdigest() == result['MD5Checksum']
        lines += list(csv.reader(io.StringIO(content.decode())))
    assert sorted(urllib.parse.unquote(line[1]) for line in lines) == sorted(keys + ['gone'])
    # Who may not list the bucket does not learn that an object is missing.
    assert [line[3:6] for line in lines if line[1] == 'gone'] == [['failed', '403', 'AccessDenied']], lines
    for key in ['a b', 'd,e', 'many/199']:
        assert s3.get_object(Bucket='source', Key=key)['Body'].read() == b'x'

    # Stopped in the middle, and cancelled: what was done is reported.
    control('PUT', '/batch', '{"tasksPerSecond": 200}')
    job = create('two', ConfirmationRequired=False)
    for _ in range(500):
        found = jobs.describe_job(AccountId=tools['id'], JobId=job)['Job']
        if found['ProgressSummary']['NumberOfTasksSucceeded'] > 5: break
        time.sleep(0.01)
    control('PUT', '/batch', '{"tasksPerSecond": 0}')
    jobs.update_job_status(AccountId=tools['id'], JobId=job, RequestedJobStatus='Cancelled', StatusUpdateReason='test')
    found = wait(job, 'Cancelled')
    done = found['ProgressSummary']['NumberOfTasksSucceeded']
    assert 5 < done < len(keys), found
    assert 'manifest.json' in s3_tools.list_objects_v2(Bucket='reports', Prefix='done/job-' + job)['Contents'][0]['Key']
    page = jobs.list_jobs(AccountId=tools['id'], MaxResults=1)
    listed = page['Jobs'] + jobs.list_jobs(AccountId=tools['id'], NextToken=page['NextToken'])['Jobs']
    assert [entry['Status'] for entry in listed] == ['Cancelled', 'Complete'], listed
    """
}

extension TestAccount {
  /// What a script needs to be this account, with blanks between.
  fileprivate var keys: String {
    [accountID ?? "", id.value, credentials.accessKeyID, credentials.secretAccessKey].joined(separator: " ")
  }
}
