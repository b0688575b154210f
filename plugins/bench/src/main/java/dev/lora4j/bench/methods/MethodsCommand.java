package dev.lora4j.bench.methods;

import com.google.gson.GsonBuilder;
import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.core.adapter.training.TrainableMethods;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Compares methods of adapting. */
@picocli.CommandLine.Command(
    name = "methods",
    sortOptions = false,
    description = {
      "Train with each method on the same data for the same time, and score all on what none has"
          + " seen, in one table beside plain LoRA.",
      "Each method has the best rate of a small sweep: three rates around 1e-3 (or lr=X of the"
          + " row), and further ones while the best is at an end. What was trained is kept: the same"
          + " command goes on where it was stopped, and with more methods or seeds trains only these."
    })
public abstract class MethodsCommand implements Command {
  private static final String TABLE = "table.md";

  /** This program with arguments, yet to be started. */
  protected abstract ProcessBuilder program(String... arguments);

  @Option(
      names = "--on",
      paramLabel = "WHAT",
      description =
          "ink or novel, which are bundled; STYLE=FOLDER, pictures with captions in a style of"
              + " which judges have true pictures (ink, glossy, flat); NAME=TEXTS,UNSEEN, texts to learn and texts to score by; may be"
              + " given several times (default: ink).")
  private List<String> on = new ArrayList<>();

  @Option(
      names = "--base",
      paramLabel = "PATH",
      description = "Base of all of --on (default: the bundled ones).")
  private Optional<Path> base = Optional.empty();

  @Option(
      names = "--method",
      paramLabel = "NAME[:KEY=VALUE,...]",
      description =
          "A row, with settings of the method, and rank, alpha, init and lr of its run; cut=N scores"
              + " a DyLoRA cut to rank N; may be given several times (default: all methods).")
  private List<String> methods = new ArrayList<>();

  @Option(
      names = "--rank",
      paramLabel = "N",
      description = "Rank of all rows that say no other (default: ${DEFAULT-VALUE}).",
      defaultValue = "16")
  private int rank = 16;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description =
          "Steps of plain LoRA; the others have as many as they do in the same time"
              + " (default: ${DEFAULT-VALUE}).",
      defaultValue = "400")
  private int steps = 400;

  @Option(
      names = "--same-steps",
      description = "All methods have the same number of steps instead of the same time.")
  private boolean sameSteps;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Trainings with the best rate (default: ${DEFAULT-VALUE}).",
      defaultValue = "3")
  private int seeds = 3;

  @Option(
      names = "--rates",
      paramLabel = "N",
      description = "Rates of a sweep at most; 1 tries none (default: ${DEFAULT-VALUE}).",
      defaultValue = "5")
  private int rates = 5;

  @Option(
      names = "--concepts",
      paramLabel = "N",
      description = "Held-out concepts that pictures are scored on (default: ${DEFAULT-VALUE}).",
      defaultValue = "208")
  private int concepts = 208;

  @Option(
      names = "--sweep-concepts",
      paramLabel = "N",
      description = "Those that choose a rate, drawn from other noise (default: ${DEFAULT-VALUE}).",
      defaultValue = "40")
  private int sweepConcepts = 40;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of each training and scoring (default: all cores).")
  private Optional<Integer> threads = Optional.empty();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Where to write (default: ${DEFAULT-VALUE}).",
      defaultValue = "methods")
  private Path output = Path.of("methods");

  @Option(names = "--json", description = "Report as one JSON array with an object per table.")
  private boolean json;

  @Override
  @SuppressWarnings("try") // the claim is only held
  public int run(Console console) {
    requirePositive("--rank", rank);
    requirePositive("--steps", steps);
    requirePositive("--seeds", seeds);
    requirePositive("--rates", rates);
    requirePositive("--concepts", concepts);
    requirePositive("--sweep-concepts", sweepConcepts);
    threads.ifPresent(count -> requirePositive("--threads", count));
    base.ifPresent(ExistingPath::any);
    List<Candidate> candidates = candidates();
    List<Subject> subjects = new ArrayList<>();
    for (String what : on.isEmpty() ? List.of("ink") : on) {
      subjects.add(SubjectOption.subject(what, base, options(), counts()));
    }
    OutputFile.folder(output);
    List<Object> tables = new ArrayList<>();
    try (LockedFolder claim = LockedFolder.of(output)) {
      ChildCommand commands = new ChildCommand(this::program);
      for (Subject subject : subjects) {
        List<MethodRow> rows = rows(console, subject, candidates, commands);
        String table = MethodTable.text(subject, rows);
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("on", subject.name());
        told.put("rows", rows.stream().map(MethodRow::fields).toList());
        tables.add(told);
        if (!json) {
          console.print(subject.name() + "\n\n" + table + "\n");
        }
      }
    }
    if (json) {
      console.print(new GsonBuilder().setPrettyPrinting().create().toJson(tables));
    }
    return 0;
  }

  private List<MethodRow> rows(
      Console console, Subject subject, List<Candidate> candidates, ChildCommand commands) {
    Trials trials = new Trials(subject, output.resolve(subject.name()), commands);
    MethodComparison comparison =
        new MethodComparison(
            subject, trials, new MethodComparison.Budget(steps, sameSteps, seeds, rates));
    List<MethodRow> rows = new ArrayList<>();
    try (Progress progress =
        console.progress("comparing on " + subject.name(), candidates.size(), "method")) {
      for (Candidate candidate : candidates) {
        rows.add(comparison.row(candidate, what -> progress.done(rows.size(), what)));
        // A table that is stopped shows what is finished.
        OutputFile.text(
            output.resolve(subject.name()).resolve(TABLE), MethodTable.text(subject, rows) + "\n");
        progress.done(rows.size(), candidate.text());
      }
    }
    return rows;
  }

  /** The reference is always among them, first. */
  private List<Candidate> candidates() {
    List<String> asked = methods.isEmpty() ? List.copyOf(TrainableMethods.all().keySet()) : methods;
    List<Candidate> parsed = asked.stream().map(Candidate::parse).toList();
    Candidate reference =
        parsed.stream()
            .filter(Candidate::reference)
            .findFirst()
            .orElseGet(() -> Candidate.parse(Candidate.REFERENCE));
    Map<String, Candidate> all = new LinkedHashMap<>();
    all.put(reference.text(), reference);
    parsed.forEach(c -> all.put(c.text(), c));
    return List.copyOf(all.values());
  }

  private List<String> options() {
    List<String> words = new ArrayList<>(List.of("--rank", Integer.toString(rank)));
    threads.ifPresent(count -> words.addAll(List.of("--threads", Integer.toString(count))));
    return words;
  }

  private PictureSubject.Concepts counts() {
    return new PictureSubject.Concepts(sweepConcepts, concepts);
  }

  private static void requirePositive(String option, int value) {
    if (value < 1) {
      throw Failure.usage(option + " must be at least 1, found " + value + ".");
    }
  }
}
