package dev.lora4j.studio.dataset;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The pictures of a set with their captions.
 *
 * @param problems of the set as a whole, a sentence each
 */
record SetListing(PictureSet set, List<PictureItem> items, List<String> problems) {
  /**
   * Lists a set.
   *
   * @throws IOException if its folder cannot be read
   */
  static SetListing of(PictureSet set, PictureFacts facts) throws IOException {
    SetContent content = SetContent.of(set);
    List<PictureItem> items = new ArrayList<>();
    List<String> problems = new ArrayList<>(content.notes());
    for (Map.Entry<DataSource, List<Path>> part : content.pictures().entrySet()) {
      SetCaptions captions = new SetCaptions(part.getKey());
      Map<Path, String> doubled = doubled(part.getValue());
      for (Path picture : part.getValue()) {
        item(set, facts, picture, captions.of(picture), doubled.getOrDefault(picture, ""))
            .ifPresent(items::add);
      }
      problems.addAll(captions.problems(part.getValue()));
    }
    return new SetListing(set, items, problems);
  }

  /**
   * One picture of a set with its caption, if it is one of the set's.
   *
   * @throws IOException if the set's folder cannot be read
   */
  static Optional<PictureItem> of(PictureSet set, Path picture, PictureFacts facts)
      throws IOException {
    for (Map.Entry<DataSource, List<Path>> part : SetContent.of(set).pictures().entrySet()) {
      if (part.getValue().contains(picture)) {
        String doubled = doubled(part.getValue()).getOrDefault(picture, "");
        return item(set, facts, picture, new SetCaptions(part.getKey()).of(picture), doubled);
      }
    }
    return Optional.empty();
  }

  private static Optional<PictureItem> item(
      PictureSet set, PictureFacts facts, Path picture, SetCaptions.Found caption, String doubled) {
    try {
      PictureFacts.Facts found = facts.of(picture);
      String problem = set.own(picture) ? "" : "is a link to a place outside of the set's folder.";
      for (String other : List.of(found.problem(), doubled, caption.problem())) {
        problem = problem.isEmpty() ? other : problem;
      }
      return Optional.of(new PictureItem(set, set.file(picture), found, caption, problem));
    } catch (IOException e) {
      return Optional.empty(); // it has just gone
    }
  }

  /** Pictures whose captions would be in one file. */
  private static Map<Path, String> doubled(List<Path> pictures) {
    Map<String, Path> first = new HashMap<>();
    Map<Path, String> problems = new HashMap<>();
    for (Path picture : pictures) {
      String stem = PictureName.stem(picture).toLowerCase(Locale.ROOT);
      Path other = first.putIfAbsent(picture.resolveSibling(stem).toString(), picture);
      if (other != null) {
        problems.put(picture, sharing(other));
        problems.put(other, sharing(picture));
      }
    }
    return problems;
  }

  private static String sharing(Path other) {
    return "has the same name as "
        + other.getFileName()
        + " but for its ending, so that they share a caption. Remove or rename one.";
  }

  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("set", set.name());
    json.addProperty("folder", set.folder().toString());
    JsonArray all = new JsonArray();
    items.forEach(item -> all.add(item.json()));
    json.add("items", all);
    JsonArray told = new JsonArray();
    problems.forEach(told::add);
    json.add("problems", told);
    return json;
  }
}
