package dev.lora4j.core.tensor.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the files of systems say of the processors that may be used. */
class ProcessorShareTest {
  private static final String FIRST =
      "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
          + "33 31 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
          + "32 31 0:29 ROOT /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:4 - cgroup cgroup"
          + " rw,cpu,cpuacct\n";
  private static final String SECOND =
      "29 23 0:26 ROOT /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
  private static final String V1 = "sys/fs/cgroup/cpu,cpuacct";
  private static final String V2 = "sys/fs/cgroup";

  @TempDir private Path root;

  private void write(String file, String text) {
    try {
      Path path = root.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A machine with 8 processors, all of which the process may run on. */
  private void machine() {
    write("sys/devices/system/cpu/online", "0-7\n");
    write("proc/self/status", "Name:\tjava\nCpus_allowed:\tff\nCpus_allowed_list:\t0-7\n");
  }

  private void first(String mounted, String path) {
    machine();
    write("proc/self/mountinfo", FIRST.replace("ROOT", mounted));
    write("proc/self/cgroup", "5:cpuset:/elsewhere\n4:cpu,cpuacct:" + path + "\n0::/\n");
  }

  private void second(String mounted, String path) {
    machine();
    write("proc/self/mountinfo", SECOND.replace("ROOT", mounted));
    write("proc/self/cgroup", "0::" + path + "\n");
  }

  private void quotaOfFirst(String group, String quota, String period) {
    write(V1 + group + "/cpu.cfs_quota_us", quota + "\n");
    write(V1 + group + "/cpu.cfs_period_us", period + "\n");
  }

  private String share() {
    return share(8, Map.of());
  }

  private String share(int java, Map<String, String> environment) {
    return ProcessorShare.of(root, java, environment).toString();
  }

  @Test
  void processorsAreAllUsedWithoutAQuota() {
    assertEquals("8 processors", share(), "no files at all, as on other systems");
    machine();
    assertEquals("8 processors", share());
    first("/", "/");
    quotaOfFirst("", "-1", "100000");
    assertEquals("8 processors", share());
    second("/", "/app");
    write(V2 + "/app/cpu.max", "max 100000\n");
    assertEquals("8 processors", share());
  }

  @Test
  void cgroupV1QuotaIsGranted() {
    first("/", "/docker/abc");
    quotaOfFirst("/docker/abc", "200000", "100000");
    assertEquals("2 of 8 processors (CPU quota of 2)", share());
  }

  /** Without a namespace a container's mount is its group, under the path that the host knows. */
  @Test
  void containerFindsItsGroupAtTheMount() {
    first("/docker/abc", "/docker/abc");
    quotaOfFirst("", "300000", "100000");
    assertEquals("3 of 8 processors (CPU quota of 3)", share());
    first("/docker/abc", "/docker/abc/inner");
    quotaOfFirst("/inner", "100000", "100000");
    assertEquals("1 of 8 processors (CPU quota of 1)", share());
    second("/", "/../other");
    write(V2 + "/cpu.max", "400000 100000\n");
    assertEquals("4 of 8 processors (CPU quota of 4)", share());
  }

  @Test
  void cgroupV2QuotaIsGranted() {
    second("/", "/app.slice/app");
    write(V2 + "/app.slice/app/cpu.max", "250000 100000\n");
    assertEquals("3 of 8 processors (CPU quota of 2.5)", share());
  }

  @Test
  void theLeastOfNestedGroupsCounts() {
    second("/", "/app.slice/app/inner");
    write(V2 + "/app.slice/cpu.max", "150000 50000\n");
    write(V2 + "/app.slice/app/cpu.max", "max 100000\n");
    write(V2 + "/app.slice/app/inner/cpu.max", "500000 100000\n");
    assertEquals("3 of 8 processors (CPU quota of 3)", share());
    first("/", "/a/b");
    quotaOfFirst("/a", "100000", "50000");
    quotaOfFirst("/a/b", "-1", "100000");
    assertEquals("2 of 8 processors (CPU quota of 2)", share());
  }

  /** A thread for a tenth of a processor would be waited for by all others. */
  @Test
  void fractionalProcessorIsAThreadFromAQuarter() {
    second("/", "/");
    for (String[] each :
        new String[][] {
          {"10000", "1"},
          {"99000", "1"},
          {"110000", "1"},
          {"125000", "2"},
          {"190000", "2"},
          {"210000", "2"},
          {"720000", "7"}
        }) {
      write(V2 + "/cpu.max", each[0] + " 100000\n");
      assertEquals(each[1], share().substring(0, 1), each[0]);
    }
    write(V2 + "/cpu.max", "900000 100000\n");
    assertEquals("8 processors", share());
  }

  @Test
  void affinityIsHeeded() {
    machine();
    write("proc/self/status", "Cpus_allowed_list:\t0,2-3\n");
    assertEquals("3 of 8 processors (processor affinity)", share());
    assertEquals("2 of 8 processors (what Java may use)", share(2, Map.of()));
  }

  @Test
  void theUsersEnvironmentWins() {
    machine();
    assertEquals("4 of 8 processors (OMP_NUM_THREADS)", share(8, Map.of("OMP_NUM_THREADS", "4,2")));
    assertEquals("8 processors", share(8, Map.of("OMP_NUM_THREADS", "many")));
  }

  @Test
  void damagedFilesAreNoQuota() {
    second("/", "/");
    for (String text : new String[] {"", "0 100000", "100000", "100000 0", "x y", "-5 100000"}) {
      write(V2 + "/cpu.max", text);
      assertEquals("8 processors", share(), text);
    }
    write("proc/self/mountinfo", "29 23\n\n- - -\n");
    write("proc/self/cgroup", ":\n0\n");
    assertEquals("8 processors", share());
  }

  @Test
  void engineTakesTheUsableProcessors() {
    try (Engine engine = Engine.open()) {
      assertEquals(ProcessorShare.ofThisProcess().usable(), engine.threads());
      assertTrue(engine.threads() <= ProcessorShare.ofThisProcess().all());
    }
  }
}
