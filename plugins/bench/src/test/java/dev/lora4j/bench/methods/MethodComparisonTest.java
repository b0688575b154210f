package dev.lora4j.bench.methods;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.console.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class MethodComparisonTest {
  @TempDir private Path folder;

  private static Subject subject(int rank) {
    return new PictureSubject(
        "ink",
        Path.of("pictures"),
        Optional.empty(),
        List.of("--rank", Integer.toString(rank)),
        new PictureSubject.Concepts(4, 8));
  }

  /** Trainings and scorings that take other threads would say little beside each other. */
  @Test
  void trainingsAndScoringsHaveTheThreadsThatAreAsked() throws IOException {
    Subject one =
        new PictureSubject(
            "ink",
            Path.of("pictures"),
            Optional.empty(),
            List.of("--rank", "4", "--threads", "3"),
            new PictureSubject.Concepts(4, 8));
    row("lora", new MethodComparison.Budget(10, true, 1, 1), one);
    assertEquals(Set.of("plan", "train", "evaluate"), commands());
    for (String line : started()) {
      assertTrue(line.contains("--threads 3"), line);
    }
  }

  private Set<String> commands() throws IOException {
    return started().stream().map(line -> line.split(" ", 2)[0]).collect(Collectors.toSet());
  }

  private MethodRow row(String candidate, MethodComparison.Budget budget, Subject subject) {
    ChildCommand commands =
        new ChildCommand(words -> PretendedProgram.prepared(folder.resolve("count"), words));
    Trials trials = new Trials(subject, folder.resolve(subject.name()), commands);
    return new MethodComparison(subject, trials, budget)
        .row(Candidate.parse(candidate), what -> {});
  }

  private List<String> started() throws IOException {
    Path count = folder.resolve("count");
    return Files.exists(count) ? Files.readAllLines(count) : new ArrayList<>();
  }

  private static final MethodComparison.Budget STEPS = new MethodComparison.Budget(10, true, 2, 5);

  @Test
  void theSweepGoesOnWhileTheBestIsAtAnEnd() {
    MethodRow row = row("lora", STEPS, subject(4));
    // 1e-3, 3e-3 and 3e-4 first; the best of them, 3e-3, is an end, and 1e-2 is worse.
    assertEquals(Set.of(3e-4, 1e-3, 3e-3, 1e-2), row.tried().keySet());
    assertEquals(3e-3, row.rate());
    assertEquals(2, row.results().size());
    assertEquals(0.9, row.score("style").high(), 1e-6);
    assertEquals(0.88, row.score("style").low(), 1e-6);
    assertEquals(1000, row.results().get(0).bytes());
    assertEquals(0.1, row.results().get(0).secondsPerStep(), 1e-6);
  }

  @Test
  void whatWasMadeIsNotMadeAgain() throws IOException {
    row("lora", STEPS, subject(4));
    int first = started().size();
    MethodRow again = row("lora", STEPS, subject(4));
    assertEquals(2, again.results().size());
    assertEquals(first, started().size(), started().toString());
    // One more seed is one more training and one more scoring.
    int second = started().size();
    row("lora", new MethodComparison.Budget(10, true, 3, 5), subject(4));
    List<String> more = started().subList(second, started().size());
    assertEquals(1, more.stream().filter(s -> s.startsWith("train")).count(), more.toString());
    assertEquals(1, more.stream().filter(s -> s.startsWith("evaluate")).count());
  }

  @Test
  void otherOptionsInTheSameFolderAreRefused() {
    row("lora", STEPS, subject(4));
    Failure refused = assertThrows(Failure.class, () -> row("lora", STEPS, subject(8)));
    assertTrue(refused.getMessage().contains("--rank 8"), refused.getMessage());
    assertTrue(refused.getMessage().contains("Take another -o"), refused.getMessage());
  }

  @Test
  void tornReportsAreNamed() throws IOException {
    row("lora", STEPS, subject(4));
    Path report = folder.resolve("ink/lora/rate-0.003-steps-10-seed-0/training.json");
    Files.writeString(report, "{\"command\": ");
    Failure refused = assertThrows(Failure.class, () -> row("lora", STEPS, subject(4)));
    assertTrue(refused.getMessage().contains("remove it"), refused.getMessage());
  }

  @Test
  void aMethodWithoutAFormInOneLayoutTakesTheOther() {
    MethodRow row = row("miss", STEPS, subject(4));
    assertEquals(2000, row.results().get(0).bytes());
    assertTrue(row.results().get(0).commands().contains("layout=peft"));
  }

  @Test
  void textsHaveALayoutWhereTheCommandsOwnHasNoForm() throws IOException {
    Subject novel =
        new TextSubject(
            "novel", Path.of("seen"), Path.of("unseen"), Optional.empty(), false, List.of());
    MethodRow row = row("full", STEPS, novel);
    assertEquals(Optional.empty(), row.failure());
    assertEquals(20, row.score("perplexity").high());
    assertTrue(row.results().get(0).commands().contains("--layout kohya"));
    assertTrue(Files.notExists(folder.resolve("novel/full/plan")));
    assertFalse(row("lora", STEPS, novel).results().get(0).commands().contains("--layout"));
  }

  @Test
  void aFasterMethodHasMoreSteps() {
    MethodRow row = row("miss", new MethodComparison.Budget(10, false, 1, 1), subject(4));
    assertEquals(20, row.steps());
    assertEquals(10, row("lora", new MethodComparison.Budget(10, false, 1, 1), subject(4)).steps());
  }

  /** Where the sweep begins does not change the time of a step, so that none is measured. */
  @Test
  void plainLoraHasTheSameStepsAtEachRate() throws IOException {
    MethodComparison.Budget one = new MethodComparison.Budget(10, false, 1, 1);
    assertEquals(10, row("lora:lr=3e-3", one, subject(4)).steps());
    assertEquals(
        1, started().stream().filter(s -> s.startsWith("train")).count(), started().toString());
  }

  @Test
  void ratesThatFailAreNotTaken() {
    // Of 10, 30 and 3 none can be trained, so the row has the reason.
    MethodRow row = row("lora:lr=10", STEPS, subject(4));
    assertTrue(row.failure().orElseThrow().contains("not finite"), row.toString());
    assertEquals(List.of(), row.results());
    // 0.1 and 0.3 fail, 0.03 fails; below that they do not.
    MethodRow other = row("lora:lr=0.01", STEPS, subject(4));
    assertEquals(Optional.empty(), other.failure());
    assertEquals(3e-3, other.rate());
    assertTrue(other.tried().get(0.03).isNaN());
  }

  @Test
  void cutsShareATraining() throws IOException {
    row("dylora", STEPS, subject(4));
    int before = started().size();
    MethodRow cut = row("dylora:cut=2", STEPS, subject(4));
    assertEquals(0.8, cut.score("style").high(), 1e-6);
    assertEquals(
        0,
        started().subList(before, started().size()).stream()
            .filter(s -> s.startsWith("train"))
            .count());
  }

  @Test
  void theTableNamesWinnersLosersAndFailures() {
    Subject subject = subject(4);
    List<MethodRow> rows =
        List.of(
            row("lora", STEPS, subject),
            row("dylora:cut=2", STEPS, subject),
            row("lora:lr=10", STEPS, subject));
    List<String> lines = MethodTable.text(subject, rows).lines().toList();
    assertTrue(lines.get(0).startsWith("| method | style | concept | truth | rate |"));
    assertTrue(lines.get(2).startsWith("| `lora` | 89.0 (88.0 to 90.0) % |"), lines.get(2));
    assertTrue(lines.get(3).endsWith("| 0.00 MB | 100 ms | 1.00 GB | worse |"), lines.get(3));
    assertTrue(lines.get(4).startsWith("`lora:lr=10`: "), lines.get(4));
  }
}
