package dev.lora4j.studio.library;

import com.google.gson.JsonObject;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.http.Routes;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.server.library.AdapterLibrary;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.KnownFields;
import dev.lora4j.studio.event.EventHub;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** The adapters of a studio for its pages. Who opens it closes it. */
public final class LibraryRoom implements AutoCloseable {
  private static final int LONGEST_TEXT = 20_000;
  private static final int MOST_WEIGHT = 100;

  private final AdapterLibrary library;
  private final AdapterPlaces places;
  private final FactStore store;
  private final FactReading reading;
  private final Annotations annotations;
  private final PreviewFiles previews;
  private final Cards cards;
  private final AdapterDetail details;
  private final Groups groups;
  private final PreviewMaking making;
  private final EventHub events;
  private final BackgroundReading background;
  private final LibraryWatch watch;
  private final Workspace workspace;

  private LibraryRoom(Workspace workspace, ModelCatalogue models, EventHub events) {
    this.workspace = workspace;
    this.library = models.library();
    this.events = events;
    places = new AdapterPlaces(library, workspace, this::look);
    store = new FactStore(workspace.folder().resolve("library.json"));
    reading = new FactReading(BaseFit.of(models));
    annotations = new Annotations(places);
    previews = new PreviewFiles(places);
    cards = new Cards(library, places, store, reading, annotations, previews);
    details = new AdapterDetail(reading);
    groups = new Groups(workspace.folder().resolve("groups.json"));
    making = new PreviewMaking(models, places, previews);
    background = new BackgroundReading(library, reading, store, this::tell);
    watch = new LibraryWatch(library, workspace.adapters(), events::watched, this::changed);
  }

  /** Opens the library of a studio, which begins to look at its folders. */
  public static LibraryRoom open(Workspace workspace, ModelCatalogue models, EventHub events) {
    return new LibraryRoom(workspace, models, events);
  }

  /** Where its adapters lie. */
  public AdapterPlaces places() {
    return places;
  }

  /** Finds adapters by what is in their files. */
  public AdapterSearch search() {
    return new AdapterSearch(library, store, reading);
  }

  /** What pages can have done with single adapters. */
  public List<Action> actions() {
    return List.of(
        new InspectAction(places),
        new ResizeAction(places),
        new ConvertAction(places),
        new PullAction(workspace));
  }

  /** What pages ask for. */
  public Routes routes() {
    PreviewRoute pictures = new PreviewRoute(places, previews);
    return Routes.none()
        .get("/studio/library", request -> list())
        .get("/studio/library/adapter", this::adapter)
        .get("/studio/library/preview", pictures::answer)
        .post("/studio/library/preview", this::preview)
        .post("/studio/library/groups", this::group)
        .post("/studio/library/refresh", this::refresh)
        .post("/studio/library/notes", this::note);
  }

  private void look() {
    watch.lookNow();
  }

  private void changed() {
    background.want();
    tell();
  }

  private void tell() {
    events.publish("library", new JsonObject());
  }

  private HttpAnswer list() throws IOException {
    watch.look();
    background.want();
    JsonObject json = cards.list(library.list(Tenant.SHARED));
    try {
      json.add("groups", groups.read());
    } catch (IOException e) {
      json.add("groups", new JsonObject());
      json.getAsJsonArray("problems").add(e.getMessage());
    }
    return HttpAnswer.json(json.toString());
  }

  private HttpAnswer adapter(HttpRequest request) {
    AdapterFile file = places.find(request.query("name").orElse(""));
    JsonObject detail = details.of(file);
    JsonObject json = cards.card(file, new Neighbours(), problem -> {});
    detail.entrySet().forEach(field -> json.add(field.getKey(), field.getValue()));
    return HttpAnswer.json(json.toString());
  }

  private HttpAnswer preview(HttpRequest request) throws Exception {
    AdapterFile file = making.make(request);
    tell();
    JsonObject json = new JsonObject();
    previews
        .find(file, new Neighbours())
        .map(PreviewFiles::version)
        .ifPresent(version -> json.addProperty("preview", Cards.preview(file, version)));
    return HttpAnswer.json(json.toString());
  }

  private HttpAnswer group(HttpRequest request) {
    JsonFields fields = JsonFields.parse(request.text());
    KnownFields.require(fields, Set.of("group", "adapters"));
    List<String> names = fields.list("adapters", JsonFields::text).orElse(List.of());
    JsonObject json = new JsonObject();
    try {
      json.add("groups", groups.put(fields.requiredText("group"), names));
    } catch (IOException e) {
      throw new HttpProblem(500, "The groups were not changed: " + e.getMessage());
    }
    tell();
    return HttpAnswer.json(json.toString());
  }

  private HttpAnswer refresh(HttpRequest request) {
    KnownFields.require(JsonFields.parse(request.text()), Set.of());
    library.refresh();
    watch.lookNow();
    background.want();
    return HttpAnswer.json("{}");
  }

  private HttpAnswer note(HttpRequest request) throws IOException {
    JsonFields fields = JsonFields.parse(request.text());
    KnownFields.require(fields, Set.of("name", "triggers", "weight", "text"));
    AdapterFile file = places.require("name", fields.requiredText("name"));
    Optional<List<String>> triggers = fields.list("triggers", JsonFields::text);
    OptionalDouble weight = fields.number("weight", -MOST_WEIGHT, MOST_WEIGHT);
    Optional<String> text = fields.text("text");
    text.filter(t -> t.length() > LONGEST_TEXT)
        .ifPresent(
            t -> {
              throw new FieldException(
                  "text",
                  "text must be at most " + LONGEST_TEXT + " characters, found " + t.length());
            });
    annotations.write(file, triggers, weight, text);
    tell();
    return HttpAnswer.json(cards.card(file, new Neighbours(), problem -> {}).toString());
  }

  @Override
  public void close() {
    watch.close();
    background.close();
    store.save();
  }
}
