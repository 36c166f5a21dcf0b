import Foundation
import TestSupport
import Testing

/// The examples in the packages can be used as they stand.
struct ExampleTests {
  @Test(.needs("python3")) func cronJob() async throws {
    let script = """
      import json, sys
      try: import yaml
      except ImportError: sys.exit(75)
      documents = list(yaml.safe_load_all(open(sys.argv[1])))
      job = next(d for d in documents if d["kind"] == "CronJob")["spec"]
      claims = [d["metadata"]["name"] for d in documents if d["kind"] == "PersistentVolumeClaim"]
      pod = job["jobTemplate"]["spec"]["template"]["spec"]
      volumes = {volume["name"]: volume for volume in pod["volumes"]}
      assert volumes["state"]["persistentVolumeClaim"]["claimName"] in claims
      container, = pod["containers"]
      assert {mount["name"] for mount in container["volumeMounts"]} == set(volumes)
      assert job["concurrencyPolicy"] == "Forbid" and pod["securityContext"]["runAsNonRoot"]
      print(json.dumps(container["args"]))
      """
    let result = try await Workplace(.nowhere).run(
      "python3", "-c", script, Installed.packaging + "/examples/cronjob.yaml")
    guard result.status != 75 else { return print("There is no PyYAML: the CronJob is not looked at.") }
    #expect(result.status == 0, "\(result.err)")
    #expect(result.out.contains(#"["reconcile", "my-bucket","#))
  }

  /// Variables that systemd does not know are no error to it, so that a slip of the pen would go unseen.
  @Test func settings() throws {
    let settings = try String(contentsOfFile: Installed.packaging + "/examples/my-bucket.env", encoding: .utf8)
    let unit = try String(
      contentsOfFile: Installed.packaging + "/systemd/fixacl-reconcile@.service", encoding: .utf8)
    #expect(unit.contains("$FIXACL_OPTIONS") && settings.contains("#FIXACL_OPTIONS="))
    for line in settings.split(separator: "\n") where !line.hasPrefix("# ") {
      #expect(line.wholeMatch(of: /#?[A-Z_]+=.+/) != nil, "\(line)")
    }
  }
}
