package dev.lora4j.hub.command;

import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.hub.PulledAdapter;
import dev.lora4j.hub.listing.Provenance;
import dev.lora4j.hub.listing.RemoteAdapter;
import dev.lora4j.hub.listing.RemoteFile;
import dev.lora4j.hub.source.PullRequest;
import dev.lora4j.hub.store.StoredAdapter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Report of what was pulled, or would be, for people and for programs. */
final class PullReport {
  private static final double MEGABYTE = 1e6;
  private static final int WIDTH = 300;

  private final Path library;
  private final List<String> lines = new ArrayList<>();
  private final List<Map<String, Object>> adapters = new ArrayList<>();
  private final List<Map<String, Object>> failures = new ArrayList<>();

  PullReport(Path library) {
    this.library = library;
  }

  /** An adapter that would be fetched. */
  void found(RemoteAdapter adapter) {
    String name = adapter.folder() ? adapter.name() : adapter.name() + ".safetensors";
    String size =
        adapter.tensors().size().map(s -> ", " + megabytes(s.bytes())).orElse(", size unknown");
    String digest = adapter.tensors().sha256().map(d -> ", SHA-256 " + d).orElse("");
    lines.add(library.resolve(name) + " would be fetched" + size + digest);
    from(adapter);
    Json json = new Json().put("path", library.resolve(name).toString());
    adapters.add(
        origin(json, adapter)
            .put("bytes", adapter.tensors().size().map(RemoteFile.Size::bytes).orElse(-1L))
            .put("sha256", adapter.tensors().sha256().orElse(""))
            .fields());
  }

  /** An adapter that is there now. */
  void pulled(PulledAdapter pulled) {
    StoredAdapter stored = pulled.stored();
    lines.add(
        stored.path()
            + (stored.alreadyThere() ? " is there already: " : ": ")
            + megabytes(stored.bytes())
            + stored.family().map(f -> ", for " + f).orElse("")
            + ", SHA-256 "
            + stored.sha256());
    from(pulled.remote());
    stored.warnings().forEach(w -> lines.add("  Warning: " + Printable.of(w, 2 * WIDTH)));
    Json json = new Json().put("path", stored.path().toString());
    adapters.add(
        origin(json, pulled.remote())
            .put("already_there", stored.alreadyThere())
            .put("bytes", stored.bytes())
            .put("sha256", stored.sha256())
            .put("family", stored.family().orElse(""))
            .put("warnings", stored.warnings())
            .fields());
  }

  /** A source of which not all could be had. */
  void failed(PullRequest request, String reason) {
    failures.add(new Json().put("source", request.source().text()).put("error", reason).fields());
  }

  boolean failures() {
    return !failures.isEmpty();
  }

  private void from(RemoteAdapter adapter) {
    Provenance from = adapter.provenance();
    add("from", from.source() + (from.revision().isEmpty() ? "" : " at " + from.revision()));
    add("author", from.author());
    add("licence", from.licence());
    add("base model", from.baseModel());
    add("trigger words", String.join(", ", from.triggerWords()));
  }

  private void add(String what, String value) {
    if (!value.isEmpty()) {
      lines.add("  " + what + ": " + Printable.of(value, WIDTH));
    }
  }

  private static Json origin(Json json, RemoteAdapter adapter) {
    Provenance from = adapter.provenance();
    return json.put("name", adapter.name())
        .put("source", from.source())
        .put("page", from.page())
        .put("file", adapter.tensors().path())
        .put("revision", from.revision())
        .put("author", from.author())
        .put("licence", from.licence())
        .put("base_model", from.baseModel())
        .put("trigger_words", from.triggerWords());
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / MEGABYTE);
  }

  /** The lines since this was called before. */
  List<String> newLines() {
    List<String> fresh = List.copyOf(lines);
    lines.clear();
    return fresh;
  }

  /** All for programs. */
  Json json() {
    return new Json().put("adapters", adapters).put("failures", failures);
  }
}
