package dev.lora4j.studio.library;

import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.CommandWords;
import dev.lora4j.studio.action.KnownFields;
import dev.lora4j.studio.action.Lane;
import dev.lora4j.studio.action.Outputs;
import dev.lora4j.studio.action.Task;
import dev.lora4j.studio.workspace.FileName;
import dev.lora4j.studio.workspace.Workspace;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** An adapter of a hub, into the library. */
record PullAction(Workspace workspace) implements Action {
  private static final String NAME = "name";
  private static final int LONGEST = 2000;

  @Override
  public String name() {
    return "pull";
  }

  @Override
  public Lane lane() {
    return Lane.WORK;
  }

  @Override
  public Task task(JsonFields request, Outputs outputs) {
    KnownFields.require(request, Set.of("source", NAME, "file", "overwrite"));
    String source = request.requiredText("source").strip();
    if (source.isEmpty() || source.length() > LONGEST) {
      throw new FieldException(
          "source", "source must be hf:OWNER/REPO, civitai:NUMBER or an https: address.");
    }
    CommandWords words = new CommandWords("pull");
    Path folder = workspace.newAdapters();
    Optional<String> name = request.text(NAME).map(String::strip).filter(text -> !text.isEmpty());
    if (name.isPresent()) {
      // A slash makes a folder, as in the names of the library.
      String[] parts = name.get().split("/", -1);
      Arrays.stream(parts).forEach(part -> FileName.require(NAME, part));
      for (String part : Arrays.copyOf(parts, parts.length - 1)) {
        folder = folder.resolve(part);
      }
      words.option("--name", parts[parts.length - 1]);
    }
    words.option("--to", workspace.shown(folder));
    request
        .text("file")
        .map(String::strip)
        .filter(file -> !file.isEmpty())
        .ifPresent(file -> words.option("--file", file));
    if (request.flag("overwrite", false)) {
      words.flag("--overwrite");
    }
    if (source.startsWith("-")) {
      throw new FieldException("source", "source must not begin with a dash.");
    }
    return new Task("Pull " + source, words.value(source).words(), "");
  }
}
