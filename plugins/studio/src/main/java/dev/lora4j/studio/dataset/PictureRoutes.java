package dev.lora4j.studio.dataset;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.http.Routes;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.KnownFields;
import dev.lora4j.studio.event.EventHub;
import dev.lora4j.studio.job.Job;
import dev.lora4j.studio.job.JobQueue;
import dev.lora4j.studio.job.JobState;
import dev.lora4j.studio.thumbnail.Thumbnail;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Where pages see and change sets of pictures. */
public final class PictureRoutes {
  /** A picture's address changes with the file, so a browser need not ask again. */
  private static final String KEPT = "private, max-age=604800";

  private static final String SET = "set";
  private static final String FILE = "file";

  private final Workspace workspace;
  private final PictureSets sets;
  private final JobQueue queue;
  private final EventHub events;
  private final PictureFacts facts = new PictureFacts();
  private final PictureUpload upload = new PictureUpload();
  private final ThumbnailStore thumbnails;

  private PictureRoutes(Workspace workspace, PictureSets sets, JobQueue queue, EventHub events) {
    this.workspace = workspace;
    this.sets = sets;
    this.queue = queue;
    this.events = events;
    this.thumbnails = new ThumbnailStore(workspace);
    thumbnails.tidy();
  }

  /**
   * The routes of data sets.
   *
   * @param queue whose jobs use them
   */
  public static Routes of(Workspace workspace, PictureSets sets, JobQueue queue, EventHub events) {
    PictureRoutes routes = new PictureRoutes(workspace, sets, queue, events);
    return Routes.none()
        .get("/studio/pictures", request -> routes.list())
        .post("/studio/pictures", routes::create)
        .get("/studio/pictures/list", routes::items)
        .get("/studio/pictures/file", routes::file)
        .post("/studio/pictures/upload", routes::upload)
        .post("/studio/pictures/caption", routes::caption)
        .post("/studio/pictures/remove", routes::remove);
  }

  private HttpAnswer list() throws IOException {
    JsonArray all = new JsonArray();
    for (PictureSet set : sets.all().values()) {
      all.add(json(set));
    }
    JsonObject json = new JsonObject();
    json.add("sets", all);
    return HttpAnswer.json(json.toString());
  }

  private JsonObject json(PictureSet set) throws IOException {
    JsonObject json = new JsonObject();
    json.addProperty("name", set.name());
    json.addProperty("count", SetContent.of(set).count());
    json.addProperty("folder", workspace.shown(set.folder()));
    json.addProperty("added", set.added());
    return json;
  }

  private HttpAnswer create(HttpRequest request) throws IOException {
    JsonFields fields = JsonFields.parse(request.text());
    KnownFields.require(fields, Set.of(SET, "folder"));
    String name = fields.requiredText(SET);
    Optional<String> folder = fields.text("folder").filter(text -> !text.isEmpty());
    PictureSet set = folder.isPresent() ? sets.add(name, folder.get()) : sets.create(name);
    tell(set);
    return HttpAnswer.json(json(set).toString()).status(201);
  }

  private HttpAnswer items(HttpRequest request) throws IOException {
    PictureSet set = sets.require(request.query(SET).orElse(""));
    return HttpAnswer.json(SetListing.of(set, facts).json().toString());
  }

  private HttpAnswer file(HttpRequest request) throws IOException {
    PictureSet set = sets.require(request.query(SET).orElse(""));
    String file = request.query(FILE).orElse("");
    Path path = set.picture(file);
    try {
      if (request.query("thumb").isPresent()) {
        Thumbnail small = thumbnails.of(path, facts.of(path).stamp());
        return HttpAnswer.bytes(small.type(), small.bytes()).header("cache-control", KEPT);
      }
    } catch (PictureFileException e) {
      throw new HttpProblem(400, file + " " + e.sentence());
    }
    byte[] bytes = Files.readAllBytes(path);
    String type = PictureType.of(bytes);
    if (type.isEmpty()) {
      throw new HttpProblem(400, file + " is no picture that can be shown.");
    }
    return HttpAnswer.bytes(PictureType.media(type), bytes).header("cache-control", KEPT);
  }

  private HttpAnswer upload(HttpRequest request) throws IOException, InterruptedException {
    JsonFields fields = JsonFields.parse(request.text());
    KnownFields.require(fields, Set.of(SET, "name", "data"));
    PictureSet set = sets.require(fields.requiredText(SET));
    Path kept = upload.keep(set, fields.requiredText("name"), fields.requiredText("data"));
    return changed(set, kept).status(201);
  }

  private HttpAnswer caption(HttpRequest request) throws IOException {
    JsonFields fields = JsonFields.parse(request.text());
    KnownFields.require(fields, Set.of(SET, FILE, "caption"));
    PictureSet set = sets.require(fields.requiredText(SET));
    Path picture = set.picture(fields.requiredText(FILE));
    SetListing.of(set, picture, facts)
        .map(item -> item.caption().list())
        .filter(list -> !list.isEmpty())
        .ifPresent(
            list -> {
              throw new HttpProblem(
                  409,
                  "The caption of "
                      + set.file(picture)
                      + " is in "
                      + list
                      + ", which goes before text files. Change it there.");
            });
    SetChanges.caption(picture, fields.requiredText("caption"));
    return changed(set, picture);
  }

  private HttpAnswer remove(HttpRequest request) throws IOException {
    JsonFields fields = JsonFields.parse(request.text());
    KnownFields.require(fields, Set.of(SET, FILE));
    PictureSet set = sets.require(fields.requiredText(SET));
    Path picture = set.picture(fields.requiredText(FILE));
    user(set)
        .ifPresent(
            job -> {
              throw new HttpProblem(
                  409,
                  job.adapter()
                      + " is being trained on these pictures. Stop it first, or wait for its end.");
            });
    SetChanges.remove(picture);
    tell(set);
    return HttpAnswer.json("{}");
  }

  /** The running job that reads a set's pictures, if there is one. */
  private Optional<Job> user(PictureSet set) {
    return queue.list().stream()
        .filter(job -> job.state() == JobState.RUNNING || job.state() == JobState.STOPPING)
        .filter(job -> !job.adapter().isEmpty())
        .filter(
            job ->
                JsonFields.of(job.body())
                    .any("images")
                    .filter(name -> name.isJsonPrimitive())
                    .filter(name -> name.getAsString().equalsIgnoreCase(set.name()))
                    .isPresent())
        .findFirst();
  }

  private HttpAnswer changed(PictureSet set, Path picture) throws IOException {
    tell(set);
    return SetListing.of(set, picture, facts)
        .map(item -> HttpAnswer.json(item.json().toString()))
        .orElseThrow(() -> new HttpProblem(409, set.file(picture) + " has just gone."));
  }

  private void tell(PictureSet set) {
    JsonObject json = new JsonObject();
    json.addProperty(SET, set.name());
    events.publish("pictures", json);
  }
}
