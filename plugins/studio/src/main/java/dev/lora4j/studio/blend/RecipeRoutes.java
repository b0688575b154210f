package dev.lora4j.studio.blend;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import dev.lora4j.diffusion.record.PictureRecord;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.http.Routes;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.KnownFields;
import dev.lora4j.studio.event.EventHub;
import dev.lora4j.studio.thumbnail.Thumbnail;
import dev.lora4j.studio.workspace.FileName;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Recipes by name, a JSON file each, perhaps with a picture beside it. */
final class RecipeRoutes {
  private static final String ENDING = ".json";
  private static final String PICTURE = ".png";
  private static final int MOST = 2_000;

  /** Longer side of the pictures that are shown. */
  private static final int SIDE = 512;

  private final Workspace workspace;
  private final Recipe recipe;
  private final RecordedBlend recorded;
  private final EventHub events;

  RecipeRoutes(Workspace workspace, Recipe recipe, RecordedBlend recorded, EventHub events) {
    this.workspace = workspace;
    this.recipe = recipe;
    this.recorded = recorded;
    this.events = events;
  }

  Routes routes() {
    return Routes.none()
        .get("/studio/recipes", request -> list())
        .post("/studio/recipes", this::save)
        .post("/studio/recipes/remove", this::remove)
        .post("/studio/recipes/picture", this::picture)
        .post("/studio/recipes/import", this::read)
        .get("/studio/recipes/file", this::file)
        .get("/studio/recipes/preview", this::preview);
  }

  private Path place(String name, String ending) {
    return workspace.recipes().resolve(FileName.require("name", name) + ending);
  }

  private HttpAnswer list() throws IOException {
    Files.createDirectories(workspace.recipes());
    List<Path> files;
    try (Stream<Path> all = Files.list(workspace.recipes())) {
      files =
          all.filter(file -> file.getFileName().toString().endsWith(ENDING))
              .filter(file -> !file.getFileName().toString().startsWith("."))
              .sorted()
              .limit(MOST)
              .toList();
    }
    JsonArray recipes = new JsonArray();
    JsonArray problems = new JsonArray();
    for (Path file : files) {
      try {
        recipes.add(told(file));
      } catch (IOException | IllegalArgumentException e) {
        problems.add(file.getFileName() + " is left out: " + e.getMessage());
      }
    }
    JsonObject json = new JsonObject();
    json.add("recipes", recipes);
    json.add("problems", problems);
    return HttpAnswer.json(json.toString());
  }

  private JsonObject told(Path file) throws IOException {
    String name = file.getFileName().toString().replaceFirst("\\.json$", "");
    JsonObject json = told(content(file));
    json.addProperty("name", name);
    long modified = Files.getLastModifiedTime(file).toMillis();
    json.addProperty("modified", modified);
    Path picture = file.resolveSibling(name + PICTURE);
    if (Files.exists(picture)) {
      json.addProperty(
          "preview",
          "/studio/recipes/preview?name="
              + URLEncoder.encode(name, StandardCharsets.UTF_8)
              + "&v="
              + Files.getLastModifiedTime(picture).toMillis());
    }
    return json;
  }

  private static JsonFields content(Path file) throws IOException {
    try {
      return JsonFields.parse(RegularFile.text(file, RegularFile.TEXT));
    } catch (FieldException | CharacterCodingException e) {
      throw new IOException("it is no JSON object.", e);
    }
  }

  private JsonObject told(JsonFields content) throws IOException {
    MissingParts missing = new MissingParts();
    JsonObject json = new JsonObject();
    json.add("blend", recipe.read(content, missing));
    json.add("missing", missing.json());
    return json;
  }

  private HttpAnswer save(HttpRequest request) throws IOException {
    JsonFields fields = JsonFields.parse(request.text());
    KnownFields.require(fields, Set.of("name", "blend", "overwrite", "png"));
    String name = fields.requiredText("name");
    Path file = place(name, ENDING);
    if (Files.exists(file) && !fields.flag("overwrite", false)) {
      throw new FieldException(
          "name",
          "There is a recipe "
              + name
              + " already. Choose another name, or allow it to be overwritten.");
    }
    JsonObject written =
        recipe.write(
            fields.fields("blend").orElseThrow(() -> fields.missing("blend", "an object")));
    Optional<byte[]> png =
        fields.has("png") ? Optional.of(SentPng.of(fields, "png")) : Optional.empty();
    png.ifPresent(RecipeRoutes::requirePicture);
    Files.createDirectories(workspace.recipes());
    if (png.isPresent()) {
      byte[] bytes = png.get();
      AtomicFile.write(place(name, PICTURE), out -> out.write(ByteBuffer.wrap(bytes)));
    } else {
      Files.deleteIfExists(place(name, PICTURE)); // it would be of what was there before
    }
    AtomicFile.write(file, written.toString());
    events.publish("recipes", new JsonObject());
    return HttpAnswer.json(told(file).toString());
  }

  private static void requirePicture(byte[] png) {
    try {
      Thumbnail.of(PictureFile.of(png), SIDE);
    } catch (PictureFileException e) {
      throw new FieldException("png", "png " + e.sentence());
    }
  }

  private HttpAnswer remove(HttpRequest request) throws IOException {
    JsonFields fields = JsonFields.parse(request.text());
    KnownFields.require(fields, Set.of("name"));
    String name = fields.requiredText("name");
    require(name);
    Files.delete(place(name, ENDING));
    Files.deleteIfExists(place(name, PICTURE));
    events.publish("recipes", new JsonObject());
    return HttpAnswer.json("{}");
  }

  private Path require(String name) {
    Path file = place(name, ENDING);
    if (!Files.isRegularFile(file)) {
      throw new HttpProblem(404, "There is no recipe " + name + ".");
    }
    return file;
  }

  /** The blend of a picture that was made by this program. */
  private HttpAnswer picture(HttpRequest request) {
    JsonFields fields = JsonFields.parse(request.text());
    KnownFields.require(fields, Set.of("png"));
    byte[] png = SentPng.of(fields, "png");
    PictureRecord record = BlendRow.checked("png", () -> PictureRecord.read("the picture", png));
    MissingParts missing = new MissingParts();
    JsonObject json = new JsonObject();
    json.add("blend", recorded.of(record, missing));
    json.add("missing", missing.json());
    return HttpAnswer.json(json.toString());
  }

  /** The blend of a recipe's file, which is not kept. */
  private HttpAnswer read(HttpRequest request) throws IOException {
    JsonFields fields = JsonFields.parse(request.text());
    KnownFields.require(fields, Set.of("recipe"));
    JsonFields content =
        fields.fields("recipe").orElseThrow(() -> fields.missing("recipe", "an object"));
    return HttpAnswer.json(told(JsonFields.of(content.object())).toString());
  }

  private HttpAnswer file(HttpRequest request) throws IOException {
    Path file = require(request.query("name").orElse(""));
    return HttpAnswer.bytes("application/json", RegularFile.bytes(file, RegularFile.TEXT));
  }

  private HttpAnswer preview(HttpRequest request) throws IOException {
    String name = request.query("name").orElse("");
    Path picture = place(name, PICTURE);
    if (!Files.isRegularFile(picture)) {
      throw new HttpProblem(404, "There is no picture of the recipe " + name + ".");
    }
    try {
      byte[] content = RegularFile.bytes(picture, RegularFile.VOCABULARY);
      Thumbnail made = Thumbnail.of(PictureFile.of(content), SIDE);
      return HttpAnswer.bytes(made.type(), made.bytes());
    } catch (PictureFileException e) {
      throw new HttpProblem(404, picture.getFileName() + " " + e.sentence());
    }
  }
}
