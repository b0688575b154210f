package dev.lora4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.spi.InstalledContract;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BenchCommandTest {
  @BeforeEach
  void forget() {
    PretendedBenchmark.DONE.clear();
  }

  @Test
  void benchmarksFulfilTheExtensionContract() {
    InstalledContract.check(Benchmark.class);
  }

  @Test
  void listNamesInstalledBenchmarks() {
    Run run = Run.of("list");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("pretended/equal"), run.out());
    assertTrue(run.out().contains("operator-chain/4200"), run.out());
    JsonArray all = Run.of("list", "--json").json();
    JsonObject pretended =
        all.asList().stream()
            .map(e -> e.getAsJsonObject())
            .filter(o -> o.get("name").getAsString().equals("pretended"))
            .findFirst()
            .orElseThrow();
    assertEquals("contenders who do nothing", pretended.get("description").getAsString());
    assertEquals("[\"equal\",\"different\",\"long\"]", pretended.get("cases").toString());
  }

  @Test
  void helpNamesEveryOption() {
    Run run = Run.of("--help");
    assertEquals(0, run.code());
    for (String option :
        List.of("NAME", "--peer", "--rounds", "--seconds", "--threads", "--json", "--debug")) {
      assertTrue(run.out().contains(option), option);
    }
  }

  @Test
  void aWrongCommandLineIsCode2() {
    assertMisused("NAME");
    assertMisused("pretended", "pretendet");
    assertMisused("pretended/equal", "pretended/equals");
    assertMisused("at least 1", "pretended", "--rounds=0");
    assertMisused("positive", "pretended", "--seconds=-1");
    assertMisused("positive", "pretended", "--seconds=NaN");
    assertMisused("from 1 to", "pretended", "--threads=0");
    assertMisused("--round", "pretended", "--round=3", "--bogus");
  }

  /** Whether what a contender did was a number of units. */
  private static boolean turn(String done) {
    return done.matches(".* \\d+");
  }

  private static void assertMisused(String told, String... arguments) {
    Run run = Run.of(arguments);
    assertEquals(2, run.code(), run.toString());
    assertTrue(run.err().contains(told), run.err());
    assertEquals("", run.out());
  }

  @Test
  void ratiosAreFormedWithinARound() {
    Run run = Run.of("pretended/equal", "--rounds=4", "--seconds=12", "--json");
    assertEquals(0, run.code(), run.err());
    JsonArray results = run.json();
    assertEquals(2, results.size());
    JsonObject slow = results.get(0).getAsJsonObject();
    assertEquals(
        Set.of(
            "name",
            "ours",
            "peer",
            "peer_name",
            "ratio",
            "ratio_low",
            "ratio_high",
            "unit",
            "dtype",
            "target",
            "met",
            "details",
            "machine"),
        slow.keySet());
    assertEquals("pretended/equal", slow.get("name").getAsString());
    assertEquals("slow", slow.get("peer_name").getAsString());
    assertEquals("BF16", slow.get("dtype").getAsString());
    assertEquals("ms", slow.get("unit").getAsString());
    // Everybody's times rise from round to round, but never their ratio.
    assertEquals(0.25, slow.get("ratio").getAsDouble(), 1e-9);
    assertEquals(0.25, slow.get("ratio_low").getAsDouble(), 1e-9);
    assertEquals(0.25, slow.get("ratio_high").getAsDouble(), 1e-9);
    assertTrue(slow.get("peer").getAsDouble() > 2000, slow.toString());
    assertEquals("at most 0.5", slow.get("target").getAsString());
    assertTrue(slow.get("met").getAsBoolean());
    JsonObject fast = results.get(1).getAsJsonObject();
    assertEquals(2, fast.get("ratio").getAsDouble(), 1e-9);
    assertFalse(fast.get("met").getAsBoolean());
    JsonObject machine = fast.getAsJsonObject("machine");
    assertEquals(Set.of("cpu", "cores", "java", "engine", "threads", "load"), machine.keySet());
    assertTrue(machine.get("engine").getAsString().startsWith("libtorch "), machine.toString());
    assertTrue(fast.getAsJsonObject("details").get("flop_share").getAsDouble() > 0);
  }

  @Test
  void contendersTakeTurnsInRotatedOrder() {
    // A second for each turn: four units of 0.25 s, one of 1 s, eight of 0.125 s.
    assertEquals(0, Run.of("pretended/equal", "--rounds=3", "--seconds=9").code());
    List<String> done = PretendedBenchmark.DONE;
    assertEquals(List.of("ours check", "slow check", "fast check"), done.subList(0, 3));
    List<String> turns = done.subList(9, done.size() - 3);
    assertEquals(
        List.of("ours", "slow", "fast", "slow", "fast", "ours", "fast", "ours", "slow"),
        turns.stream().map(t -> t.substring(0, 4)).toList());
    assertEquals(
        List.of("slow close", "fast close", "ours close"),
        done.subList(done.size() - 3, done.size()));
  }

  @Test
  void longComparisonSkipsTheWarmUp() {
    assertEquals(0, Run.of("pretended/long", "--rounds=1", "--seconds=1").code());
    List<String> checks = List.of("ours check", "slow check", "fast check");
    List<String> closed = List.of("slow close", "fast close", "ours close");
    List<String> done = PretendedBenchmark.DONE;
    assertEquals(checks, done.subList(0, 3));
    assertEquals(closed, done.subList(3, done.size()));
    done.clear();
    assertEquals(0, Run.of("pretended/long", "--rounds=2", "--seconds=1").code());
    assertEquals(checks, done.subList(0, 3));
    // In two rounds three contenders settle and are measured; none warmed up before.
    List<String> turns = done.subList(3, done.size() - 3);
    assertEquals(12, turns.stream().filter(BenchCommandTest::turn).count(), turns.toString());
    assertEquals(closed, done.subList(done.size() - 3, done.size()));
  }

  @Test
  void contenderWithOtherResultsIsNotTimed() {
    Run run = Run.of("pretended/different", "--rounds=1", "--seconds=1");
    assertEquals(1, run.code());
    assertTrue(run.err().contains("slow computes something else"), run.err());
    assertTrue(run.err().contains("number 1 of 2 is 1.001"), run.err());
    assertEquals("", run.out());
    assertFalse(PretendedBenchmark.DONE.stream().anyMatch(BenchCommandTest::turn));
    assertTrue(PretendedBenchmark.DONE.contains("ours close"));
  }

  @Test
  void tableShowsTargetsThreadsAndFloor() {
    Run run = Run.of("pretended/equal", "--rounds=2", "--seconds=1", "--threads=1");
    assertTrue(
        run.out()
            .lines()
            .anyMatch(l -> l.matches("pretended/equal .* ms .*0\\.250 .*met .*slow.*")),
        run.out());
    assertTrue(run.out().contains("at most 0.9, missed"), run.out());
    assertTrue(run.out().contains(", 1 thread, load"), run.out());
    assertTrue(run.out().contains("pretended/equal: floor "), run.out());
    assertTrue(run.err().contains("round 2 of 2"), run.err());
    assertTrue(run.err().contains("equal: PyTorch in Python is left out; --peer"), run.err());
  }

  @Test
  void aPeerThatCannotBeStartedIsNamed() {
    Run run = Run.of("operator-chain", "--peer=/no/such/python");
    assertEquals(1, run.code());
    assertTrue(run.err().contains("The peer /no/such/python cannot be started"), run.err());
    assertTrue(run.err().contains("has PyTorch"), run.err());
    assertEquals("", run.out());
  }
}
