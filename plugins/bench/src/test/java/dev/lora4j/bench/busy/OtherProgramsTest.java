package dev.lora4j.bench.busy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 3, unit = TimeUnit.MINUTES)
class OtherProgramsTest {
  @TempDir private Path folder;

  @Test
  void programsAreBusyUntilClosed() throws Exception {
    List<ProcessHandle> handles;
    try (OtherPrograms programs = OtherPrograms.start(2)) {
      handles = programs.handles();
      assertEquals(2, handles.size());
      for (ProcessHandle handle : handles) {
        Duration before = handle.info().totalCpuDuration().orElseThrow();
        while (handle.info().totalCpuDuration().orElseThrow().compareTo(before) <= 0) {
          Thread.sleep(20);
        }
      }
    }
    handles.forEach(handle -> assertFalse(handle.isAlive()));
  }

  @Test
  void programsEndWithAKilledParent() throws Exception {
    Path number = folder.resolve("process");
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                BusyParent.class.getName(),
                number.toString())
            .inheritIO()
            .start();
    while (Files.notExists(number) && parent.isAlive()) {
      Thread.sleep(20);
    }
    long child = Long.parseLong(Files.readString(number));
    ProcessHandle handle = ProcessHandle.of(child).orElseThrow();
    assertTrue(handle.isAlive());
    parent.destroyForcibly().waitFor();
    handle.onExit().get(1, TimeUnit.MINUTES);
    assertFalse(handle.isAlive());
  }

  @Test
  void numbersOfThreadsReachFromOneToAll() {
    assertEquals(List.of(1), BusyMachine.counts(1));
    assertEquals(List.of(1, 2), BusyMachine.counts(2));
    assertEquals(List.of(1, 2, 3, 4, 6), BusyMachine.counts(6));
    assertEquals(List.of(1, 2, 3, 4, 8, 16, 24), BusyMachine.counts(24));
  }

  @Test
  void theWorkIsThatOfTheSteps() {
    try (BusyWork one = new BusyWork(BusyWork.text(false, 1, "one", folder));
        BusyWork all = new BusyWork(BusyWork.text(false, 0, "default", folder))) {
      assertEquals("one", one.name());
      assertEquals(one.check().length, all.check().length);
      assertTrue(all.run(1)[0] > 0);
    }
  }
}
