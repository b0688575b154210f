package dev.lora4j.studio.action;

import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.workspace.Workspace;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Bases by the names that the page knows them by, as options of command lines. */
public final class BaseArguments {
  private static final String FIELD = "base";

  private final Workspace workspace;
  private final List<String> pictures;
  private final List<String> texts;
  private final Map<String, Path> places;

  /**
   * Bases that are served.
   *
   * @param pictures names of those for pictures; the first is meant where a request names none
   * @param texts names of language models, likewise
   * @param places paths by name; one without is a bundled base, which commands use by themselves
   */
  public BaseArguments(
      Workspace workspace, List<String> pictures, List<String> texts, Map<String, Path> places) {
    this.workspace = workspace;
    this.pictures = List.copyOf(pictures);
    this.texts = List.copyOf(texts);
    this.places = Map.copyOf(places);
  }

  /**
   * Adds {@code --base} for the base of pictures that a request means.
   *
   * @throws FieldException if none has its name
   */
  public void pictures(CommandWords words, JsonFields request) {
    add(words, request, pictures);
  }

  /**
   * Adds {@code --base} for the language model that a request means.
   *
   * @throws FieldException if none has its name
   */
  public void texts(CommandWords words, JsonFields request) {
    add(words, request, texts);
  }

  private void add(CommandWords words, JsonFields request, List<String> names) {
    String first = names.isEmpty() ? "" : names.get(0);
    String name = request.text(FIELD).filter(text -> !text.isEmpty()).orElse(first);
    if (!name.isEmpty() && !names.contains(name)) {
      throw new FieldException(
          request.path(FIELD),
          "There is no base '"
              + name
              + "' for this; there are "
              + (names.isEmpty() ? "none" : String.join(", ", names))
              + ". Another one is served if the studio is started with it.");
    }
    Path place = places.get(name);
    if (place != null) {
      words.option("--base", workspace.shown(place));
    }
  }
}
