package dev.lora4j.bench.methods;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.safetensors.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Trainings on one subject and their scores, each kept in a folder and made only once. */
final class Trials {
  private static final Gson JSON = new GsonBuilder().setPrettyPrinting().create();

  private static final String PLAN = "plan";

  private final Subject subject;
  private final Path folder;
  private final ChildCommand commands;

  /**
   * Runs nothing yet.
   *
   * @param folder of this subject
   */
  Trials(Subject subject, Path folder, ChildCommand commands) {
    this.subject = subject;
    this.folder = folder;
    this.commands = commands;
  }

  /** The kept part of the report of a training. */
  private record Training(String command, long trained, double secondsPerStep, long peakMemory) {}

  /** Steps that were measured. */
  private record Steps(String command, int steps) {}

  /** A layout that was found. */
  private record Layout(String command, String layout) {}

  /** A scoring that is kept. */
  private record Scoring(String command, JsonObject report) {}

  /**
   * The layout to write a candidate in: the first of the subject's that has a form for it, looked
   * for once.
   *
   * @throws ChildCommand.Refused if it cannot be trained
   */
  String layout(Candidate candidate) {
    Path place = folder.resolve(candidate.trained().folder());
    List<String> first = plan(candidate, place, subject.layouts().get(0));
    Path file = place.resolve("layout.json");
    return kept(file, Layout.class, first)
        .orElseGet(() -> keep(file, new Layout(line(first), layout(candidate, place))))
        .layout();
  }

  private String layout(Candidate candidate, Path place) {
    List<String> layouts = subject.layouts();
    for (String layout : layouts) {
      try {
        commands.run(plan(candidate, place, layout));
        return layout;
      } catch (ChildCommand.Refused e) {
        if (layout.equals(layouts.get(layouts.size() - 1))) {
          throw e;
        }
      } finally {
        remove(place.resolve(PLAN));
      }
    }
    throw new IllegalStateException("A subject has a layout at least.");
  }

  private List<String> plan(Candidate candidate, Path place, String layout) {
    // A method that restarts on the way refuses a run of too few steps.
    int steps = StepBudget.TIMED;
    Subject.Run run = new Subject.Run(candidate.trained(), subject.rate(), steps, 0);
    return subject.plan(run, place.resolve(PLAN).resolve(subject.adapter(layout)), layout);
  }

  /**
   * Trains and scores, as far as that is not done.
   *
   * @param all whether all held-out things are asked, or the few of a sweep
   */
  TrialResult result(Subject.Run run, String layout, boolean all) {
    Path place = place(run);
    Path adapter = place.resolve(subject.adapter(layout));
    Training training = trained(run, layout, place, adapter);
    String lora = adapter + run.candidate().cut().map(rank -> ":rank=" + rank).orElse("");
    String name = (all ? "scores" : "sweep") + run.candidate().cut().map(r -> "-" + r).orElse("");
    List<String> words = subject.scoring(lora, all, place.resolve(name));
    Path file = place.resolve(name + ".json");
    Scoring scoring =
        kept(file, Scoring.class, words)
            .orElseGet(() -> keep(file, new Scoring(line(words), commands.run(words))));
    return new TrialResult(
        training.command() + "\n" + scoring.command(),
        training.trained(),
        bytes(adapter),
        training.secondsPerStep(),
        training.peakMemory(),
        subject.scores(scoring.report()));
  }

  /**
   * Steps that a candidate has in the time of so many of the reference, measured once.
   *
   * @param layouts by candidate
   */
  int steps(Candidate candidate, Candidate reference, int steps, Map<Candidate, String> layouts) {
    Candidate trained = candidate.trained();
    Path file = folder.resolve(trained.folder()).resolve("steps.json");
    List<String> words = List.of("in the time of", Integer.toString(steps), reference.text());
    return kept(file, Steps.class, words)
        .orElseGet(
            () -> {
              int found =
                  StepBudget.steps(
                      trained,
                      reference,
                      steps,
                      c -> secondsPerStep(c, layouts.getOrDefault(c, ""), StepBudget.TIMED));
              return keep(file, new Steps(line(words), found));
            })
        .steps();
  }

  private double secondsPerStep(Candidate candidate, String layout, int steps) {
    Subject.Run run = new Subject.Run(candidate.trained(), subject.rate(), steps, 0);
    Path place = folder.resolve(candidate.trained().folder()).resolve("speed");
    remove(place);
    List<String> words = subject.training(run, place.resolve(subject.adapter(layout)), layout);
    double seconds = StepTimes.median(Path.of(commands.run(words).get("run").getAsString()));
    remove(place);
    return seconds;
  }

  private Path place(Subject.Run run) {
    return folder
        .resolve(run.candidate().trained().folder())
        .resolve(
            String.format(
                Locale.ROOT, "rate-%s-steps-%d-seed-%d", run.rate(), run.steps(), run.seed()));
  }

  private Training trained(Subject.Run run, String layout, Path place, Path adapter) {
    Subject.Run whole =
        new Subject.Run(run.candidate().trained(), run.rate(), run.steps(), run.seed());
    List<String> words = subject.training(whole, adapter, layout);
    Path file = place.resolve("training.json");
    return kept(file, Training.class, words).orElseGet(() -> train(words, file, adapter));
  }

  private Training train(List<String> words, Path file, Path adapter) {
    // One of a start that ended before its report was kept; its checkpoints write it again.
    remove(adapter);
    JsonObject told = commands.run(words);
    Path run = Path.of(told.get("run").getAsString());
    long peak = told.has("peakMemory") ? told.get("peakMemory").getAsLong() : 0;
    Training training =
        new Training(line(words), told.get("trained").getAsLong(), StepTimes.median(run), peak);
    remove(run.resolve("checkpoints"));
    return keep(file, training);
  }

  private <T> Optional<T> kept(Path file, Class<T> type, List<String> words) {
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    try {
      String text = Files.readString(file);
      T found = JSON.fromJson(text, type);
      String before = JSON.fromJson(text, JsonObject.class).get("command").getAsString();
      if (before.equals(line(words))) {
        return Optional.of(found);
      }
      throw new Failure(
          file
              + " was made by '"
              + before
              + "', and now '"
              + line(words)
              + "' is asked. Take another -o, or remove "
              + file.getParent()
              + ".");
    } catch (IOException | JsonParseException | NullPointerException e) {
      throw new Failure(file + " cannot be read; remove it. " + e.getMessage(), e);
    }
  }

  private static <T> T keep(Path file, T what) {
    try {
      Files.createDirectories(file.getParent());
      AtomicFile.write(file, JSON.toJson(what) + "\n");
      return what;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private static String line(List<String> words) {
    return "lora4j " + String.join(" ", words);
  }

  private static long bytes(Path adapter) {
    try (Stream<Path> files = Files.walk(adapter)) {
      long bytes = 0;
      for (Path file : files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + adapter + ": " + e.getMessage(), e);
    }
  }

  private static void remove(Path path) {
    if (Files.notExists(path)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : new ArrayList<>(files.sorted(Comparator.reverseOrder()).toList())) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot remove " + path + ": " + e.getMessage(), e);
    }
  }
}
