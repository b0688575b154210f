package dev.lora4j.studio.run;

import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.BaseArguments;
import dev.lora4j.studio.action.CommandWords;
import dev.lora4j.studio.action.KnownFields;
import dev.lora4j.studio.action.Lane;
import dev.lora4j.studio.action.Outputs;
import dev.lora4j.studio.action.Task;
import dev.lora4j.studio.library.AdapterPlaces;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Training of an adapter on texts. */
final class TextTrainAction implements Action {
  /** Options by the fields whose values they have. */
  private static final Map<String, String> OPTIONS = new LinkedHashMap<>();

  static {
    for (String name :
        List.of(
            "method",
            "targets",
            "rank",
            "alpha",
            "steps",
            "epochs",
            "batch",
            "optimizer",
            "lr",
            "seed")) {
      OPTIONS.put(name, "--" + name);
    }
    OPTIONS.put("validation", "--held-out");
    OPTIONS.put("maxLength", "--max-length");
    OPTIONS.put("validateEvery", "--validate-every");
    OPTIONS.put("saveEvery", "--save-every");
  }

  private static final Map<String, String> FLAGS =
      Map.of("pack", "--pack", "keepBest", "--keep-best");

  private static final String DATA = "data";

  private final Workspace workspace;
  private final BaseArguments bases;
  private final AdapterPlaces places;

  TextTrainAction(Workspace workspace, BaseArguments bases, AdapterPlaces places) {
    this.workspace = workspace;
    this.bases = bases;
    this.places = places;
  }

  @Override
  public String name() {
    return "text-train";
  }

  @Override
  public Lane lane() {
    return Lane.TRAINING;
  }

  @Override
  public Task task(JsonFields request, Outputs outputs) {
    Set<String> known = new TreeSet<>(OPTIONS.keySet());
    known.addAll(FLAGS.keySet());
    known.addAll(PreviousOutput.FLAGS.keySet());
    known.addAll(List.of(DATA, "output", "base", "from"));
    KnownFields.require(request, known);
    NewAdapter made = NewAdapter.of(workspace, request);
    CommandWords words = new CommandWords("text", "train");
    words.option("--data", data(request.requiredText(DATA)));
    words.option("-o", workspace.shown(made.folder()));
    bases.texts(words, request, "base");
    FieldTexts.add(words, request, OPTIONS);
    FieldTexts.find(request, "from")
        .map(from -> places.require(request.path("from"), from))
        .ifPresent(from -> words.option("--from", places.shown(from)));
    PreviousOutput.require(request, made, made.folder());
    FieldTexts.flags(words, request, FLAGS);
    FieldTexts.flags(words, request, PreviousOutput.FLAGS);
    return new Task("Train " + made.name(), words.words(), made.name());
  }

  private String data(String asked) {
    try {
      Path real = workspace.start().resolve(asked).toRealPath();
      if (real.startsWith(workspace.start().toRealPath())) {
        return workspace.shown(workspace.start().resolve(asked));
      }
    } catch (InvalidPathException | IOException e) {
      throw new FieldException(DATA, "There is no file or folder " + asked + ".");
    }
    throw new FieldException(
        DATA,
        asked
            + " must be a file or a folder within "
            + workspace.start()
            + ", where the studio was started.");
  }

  @Override
  public List<String> again(Task task, long started) {
    return GoingOn.words(
        task.arguments(),
        NewAdapter.of(workspace, task.adapter()).run().resolve(RunFiles.TABLE),
        started);
  }

  @Override
  public boolean goesOn() {
    return true;
  }
}
