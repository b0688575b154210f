package dev.lora4j.hub;

import dev.lora4j.hub.listing.FileSelection;
import dev.lora4j.hub.source.PullRequest;
import dev.lora4j.hub.store.StoreOptions;
import dev.lora4j.hub.store.StoredAdapter;
import dev.lora4j.hub.web.AccessToken;
import dev.lora4j.hub.web.HubException;
import dev.lora4j.hub.web.Site;
import dev.lora4j.hub.web.WebOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Pulls from a server of this machine into a folder, without waits. */
final class PulledFiles implements PullListener {
  static final String TOKEN = "hf_verysecret";

  final List<String> notes = new ArrayList<>();
  final List<Long> progress = new ArrayList<>();
  final Path library;
  private final HubServer server;
  private PullOptions options;

  PulledFiles(HubServer server, Path library) {
    this.server = server;
    this.library = library;
    AccessToken token = AccessToken.of(TOKEN, "test");
    this.options =
        PullOptions.into(library)
            .withSites(
                Site.huggingFace(URI.create(server.hub())).withToken(token),
                Site.civitai(URI.create(server.hub())).withToken(token))
            .withWeb(WebOptions.DEFAULT.withPause(time -> {}));
  }

  PulledFiles overwriting() {
    StoreOptions store = options.store();
    options =
        options.withStore(new StoreOptions(library, true, store.previews(), store.mostBytes()));
    return this;
  }

  PulledFiles atMost(long bytes) {
    options = options.withStore(new StoreOptions(library, false, true, bytes));
    return this;
  }

  PulledFiles withoutPreviews() {
    options = options.withStore(new StoreOptions(library, false, false, PullOptions.MOST_BYTES));
    return this;
  }

  PulledFiles select(FileSelection selection) {
    options = options.withSelection(selection);
    return this;
  }

  PulledFiles named(String name) {
    options = options.withName(name);
    return this;
  }

  PulledFiles web(WebOptions web) {
    options = options.withWeb(web);
    return this;
  }

  Pull pull() {
    return new Pull(options, this);
  }

  PullRequest request(String source) {
    return PullRequest.parse(source.replace("LINK", server.other()), options.hubs());
  }

  List<PulledAdapter> run(String source) {
    return pull().run(request(source));
  }

  StoredAdapter one(String source) {
    List<PulledAdapter> pulled = run(source);
    if (pulled.size() != 1) {
      throw new AssertionError(pulled.toString());
    }
    return pulled.get(0).stored();
  }

  /** The message with which a source is refused. */
  String refusal(String source) {
    try {
      throw new AssertionError("was pulled: " + run(source));
    } catch (HubException e) {
      String message = String.valueOf(e.getMessage());
      if (message.contains(TOKEN)) {
        throw new AssertionError("shows the token: " + message, e);
      }
      return message;
    }
  }

  /** Names of all files and folders in the library, at any depth. */
  List<String> files() throws IOException {
    if (Files.notExists(library)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(library)) {
      return all.filter(p -> !p.equals(library))
          .map(p -> library.relativize(p).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  @Override
  public void progress(long bytes, long size) {
    progress.add(bytes);
  }

  @Override
  public void note(String text) {
    notes.add(text);
  }
}
