package dev.lora4j.hub.listing;

import dev.lora4j.hub.source.FileEndings;
import dev.lora4j.hub.source.LinkSource;
import dev.lora4j.hub.web.HubException;
import dev.lora4j.hub.web.Site;
import dev.lora4j.hub.web.WebClient;
import dev.lora4j.hub.web.WebRequest;
import dev.lora4j.hub.web.WebResponse;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The file at a link to any host. */
final class LinkListing {
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final String PEFT = "adapter_model.safetensors";

  private LinkListing() {}

  /**
   * Asks the server for the file, and takes none of it yet.
   *
   * @throws HubException if it is none that is fetched
   */
  static List<RemoteAdapter> of(WebClient client, LinkSource source, FileSelection selection)
      throws InterruptedException {
    if (!selection.files().isEmpty()) {
      throw new HubException(
          source.text() + " is the link of one file, so there is none to choose by --file.");
    }
    Site site = Site.other(source.address());
    try (WebResponse response = client.file(WebRequest.of(source.address(), site))) {
      String file = name(response, source);
      RemoteFile tensors =
          new RemoteFile(
              file,
              source.address(),
              length(response),
              Sha256.in(response.headerOnTheWay("X-Linked-Etag").orElse("")));
      return List.of(
          new RemoteAdapter(
              FileEndings.stem(file),
              tensors,
              config(client, source, site, file),
              Provenance.of(source.text(), source.text()),
              site));
    }
  }

  private static Optional<RemoteFile.Size> length(WebResponse response) {
    OptionalLong bytes = response.length();
    return bytes.isPresent()
        ? Optional.of(new RemoteFile.Size(bytes.getAsLong(), true))
        : Optional.empty();
  }

  private static String name(WebResponse response, LinkSource source) {
    String said = Disposition.fileName(response.header("Content-Disposition").orElse(""));
    for (String name : List.of(said, source.file())) {
      FileEndings.refusal(name)
          .ifPresent(
              text -> {
                throw new HubException(text);
              });
    }
    // The link is what the user has seen; the server's name is for links that name no file.
    return FileEndings.wanted(source.file()) || said.isEmpty()
        ? (source.file().isEmpty() ? response.address().getHost() : source.file())
        : said;
  }

  /** The configuration of PEFT's tensors lies beside them, where the link has no signature. */
  private static Optional<RemoteFile> config(
      WebClient client, LinkSource source, Site site, String file) throws InterruptedException {
    if (!file.equals(PEFT) || source.address().getRawQuery() != null) {
      return Optional.empty();
    }
    URI beside = source.address().resolve("adapter_config.json");
    WebRequest request = WebRequest.of(beside, site).accepting(NOT_FOUND).accepting(FORBIDDEN);
    try (WebResponse response = client.get(request)) {
      boolean there = response.status() != NOT_FOUND && response.status() != FORBIDDEN;
      return there && !response.page()
          ? Optional.of(
              new RemoteFile("adapter_config.json", beside, Optional.empty(), Optional.empty()))
          : Optional.empty();
    }
  }
}
