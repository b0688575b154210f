package dev.lora4j.studio.library;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.server.library.AdapterLibrary;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** What a page shows of each adapter, of what is known without reading it. */
final class Cards {
  private static final int MOST_PROBLEMS = 20;

  private final AdapterLibrary library;
  private final AdapterPlaces places;
  private final FactStore store;
  private final FactReading reading;
  private final Annotations annotations;
  private final PreviewFiles previews;

  Cards(
      AdapterLibrary library,
      AdapterPlaces places,
      FactStore store,
      FactReading reading,
      Annotations annotations,
      PreviewFiles previews) {
    this.library = library;
    this.places = places;
    this.store = store;
    this.reading = reading;
    this.annotations = annotations;
    this.previews = previews;
  }

  /** The cards of adapters, and what of theirs cannot be read. */
  JsonObject list(List<AdapterFile> files) {
    Neighbours neighbours = new Neighbours();
    Set<String> problems = new LinkedHashSet<>();
    JsonArray all = new JsonArray();
    files.forEach(file -> all.add(card(file, neighbours, problems::add)));
    JsonArray told = new JsonArray();
    problems.stream().limit(MOST_PROBLEMS).forEach(told::add);
    JsonObject json = new JsonObject();
    json.add("adapters", all);
    json.add("problems", told);
    return json;
  }

  JsonObject card(AdapterFile file, Neighbours neighbours, Consumer<String> problems) {
    Optional<AdapterFacts> known = store.find(file);
    HeaderFacts header = known.map(AdapterFacts::header).orElse(HeaderFacts.NONE);
    Optional<ContentFacts> content = known.flatMap(AdapterFacts::content);
    UserNotes notes = annotations.notes(file, neighbours, problems);
    Origin origin = annotations.origin(file, neighbours, problems);
    CardJson card =
        new CardJson()
            .file(file, places.shown(file))
            .content(content)
            .text("method", content.map(ContentFacts::method).orElse(""))
            .number("rank", content.map(ContentFacts::rank).orElse(header.rank()))
            .number("alpha", content.map(ContentFacts::alpha).orElse(header.alpha()))
            .text("title", header.title(), origin.title())
            .text("author", header.author(), origin.author())
            .text("license", header.license(), origin.license())
            .text("trainedOn", header.base(), origin.base())
            .list("bases", known.map(reading::bases).orElse(List.of()))
            .text("source", origin.source())
            .text("page", origin.page())
            .text("revision", origin.revision())
            .text("notes", notes.text())
            .text("negative", notes.negative())
            .text("description", notes.description())
            .value("tags", header.tags())
            .text("sha256", library.knownSha256(file).orElse(""));
    triggers(card, header, notes, origin);
    header.fewSteps().forEach(use -> card.value("fewSteps", use));
    notes.weight().ifPresent(weight -> card.value("weight", weight));
    previews
        .find(file, neighbours)
        .map(PreviewFiles::version)
        .or(() -> header.thumbnail() ? Optional.of("header") : Optional.empty())
        .ifPresent(version -> card.text("preview", preview(file, version)));
    if (neighbours.run(file)) {
      card.text("run", file.key().name());
    }
    boolean whole = known.filter(reading::known).isPresent();
    if (!whole && BackgroundReading.small(file)) {
      card.value("pending", true);
    }
    known.map(Cards::problem).ifPresent(problem -> card.text("problem", problem));
    return card.json();
  }

  /** What the user has noted goes before what a download says, and that before the header. */
  private static void triggers(CardJson card, HeaderFacts header, UserNotes notes, Origin origin) {
    if (!notes.triggers().isEmpty()) {
      card.list("triggers", notes.triggers()).text("triggersFrom", "notes");
    } else if (!origin.triggers().isEmpty()) {
      card.list("triggers", origin.triggers()).text("triggersFrom", "download");
    } else {
      card.list("triggers", header.triggers()).text("triggersFrom", header.triggersFrom());
    }
  }

  private static String problem(AdapterFacts known) {
    List<String> problems = known.content().map(ContentFacts::problems).orElse(List.of());
    return !known.problem().isEmpty() || problems.isEmpty() ? known.problem() : problems.get(0);
  }

  static String preview(AdapterFile file, String version) {
    return "/studio/library/preview?name="
        + URLEncoder.encode(file.key().name(), StandardCharsets.UTF_8)
        + "&v="
        + version;
  }
}
