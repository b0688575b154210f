package dev.lora4j.hub.store;

import dev.lora4j.hub.listing.RemoteFile;
import dev.lora4j.hub.source.Links;
import dev.lora4j.hub.web.HubException;
import dev.lora4j.hub.web.Site;
import dev.lora4j.hub.web.WebClient;
import dev.lora4j.hub.web.WebRequest;
import dev.lora4j.hub.web.WebResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** The transfer of one file into its part, from where an earlier one came to. */
final class Download {
  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int NO_SUCH_RANGE = 416;
  private static final String RANGE = "bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18})";

  private final WebClient client;
  private final Site site;
  private final RemoteFile file;
  private final PartFile part;
  private final long most;
  private final HeaderCheck header;
  private final Arrival arrival;
  private final Consumer<String> notes;
  private Optional<String> expected;
  private boolean resumed;

  /**
   * A transfer that has not begun.
   *
   * @param most bytes that the file may have
   */
  Download(
      WebClient client,
      Site site,
      RemoteFile file,
      PartFile part,
      long most,
      Arrival arrival,
      Consumer<String> notes) {
    this.client = client;
    this.site = site;
    this.file = file;
    this.part = part;
    this.most = most;
    this.header = new HeaderCheck(file.name());
    this.arrival = arrival;
    this.notes = notes;
    this.expected = file.sha256();
  }

  /**
   * Fetches all that is missing, and checks the whole.
   *
   * @throws HubException if it cannot be had, or is another than expected, which removes it
   * @throws IOException if it cannot be written
   * @throws InterruptedException if the thread was interrupted; what has arrived is kept
   */
  void run() throws IOException, InterruptedException {
    if (part.length() > 0 && !known()) {
      notes.accept("What was kept of " + file.name() + " is of another file; beginning anew.");
      part.begin(PartNote.NOTHING);
    }
    resumed = part.length() > 0;
    if (resumed && expected.isEmpty() && !part.note().sha256().isEmpty()) {
      expected = Optional.of(part.note().sha256());
    }
    fetch();
    if (resumed && !right()) {
      notes.accept("What was kept of " + file.name() + " is not what the hub has; beginning anew.");
      part.begin(PartNote.NOTHING);
      fetch();
    }
    if (!right()) {
      String found = part.sha256();
      part.remove();
      throw new HubException(
          file.name()
              + " is another file than expected, and was removed. Expected SHA-256 "
              + expected.orElse("")
              + ", found "
              + found
              + ". It was changed on the way or at its source.");
    }
    part.store();
  }

  private boolean right() {
    return expected.isEmpty() || expected.get().equals(part.sha256());
  }

  /** True if what is here is of the file that is wanted, as far as can be told before asking. */
  private boolean known() {
    PartNote note = part.note();
    boolean same = expected.isPresent() && note.sha256().equals(expected.get());
    boolean there = note.address().equals(Links.shown(file.address()));
    boolean open = expected.isEmpty() || note.sha256().isEmpty();
    return note.resumable() && (same || (there && open));
  }

  private void fetch() throws IOException, InterruptedException {
    long farthest = part.length();
    int cuts = 0;
    while (!complete()) {
      WebRequest request = request();
      try {
        if (!transfer(request)) {
          transfer(WebRequest.of(file.address(), site));
        }
        return;
      } catch (CutException e) {
        part.store();
        // Where nothing can be resumed, a server that always stops half-way would go on for ever.
        cuts = part.note().resumable() && part.length() > farthest ? 1 : cuts + 1;
        farthest = Math.max(farthest, part.length());
        if (cuts >= client.attempts()) {
          throw client.cut(request, e.cut);
        }
        client.pause(request, cuts);
      } catch (InterruptedException | HubException e) {
        part.store();
        throw e;
      }
    }
  }

  /** True if nothing needs to be asked: all is here, and its digest tells whether it is right. */
  private boolean complete() {
    return expected.isPresent() && part.length() > 0 && part.length() == part.note().size();
  }

  private WebRequest request() throws IOException {
    WebRequest request = WebRequest.of(file.address(), site);
    if (!part.note().resumable()) {
      part.cut(0);
      return request;
    }
    if (part.length() == part.note().size()) {
      // The last byte is asked for again, so that the server says whether the file is the same.
      part.cut(part.length() - 1);
    }
    WebRequest rest = request.withHeader("Range", "bytes=" + part.length() + "-");
    return (part.note().etag().isEmpty() ? rest : rest.withHeader("If-Range", part.note().etag()))
        .accepting(PARTIAL)
        .accepting(NO_SUCH_RANGE);
  }

  /** Returns false if the server has no such rest, so that all of it has to be asked for. */
  private boolean transfer(WebRequest request) throws IOException, InterruptedException {
    try (WebResponse response = client.file(request)) {
      if (response.status() == OK) {
        begin(response);
      } else if (response.status() == PARTIAL && continues(response)) {
        resumed = true;
      } else {
        part.begin(PartNote.NOTHING);
        return false;
      }
      receive(response, part.note().size());
      return true;
    }
  }

  private void receive(WebResponse response, long size) throws IOException, InterruptedException {
    Path folder = part.path().toAbsolutePath().resolveSibling(".");
    DiskRoom.require(folder, Math.max(0, size - part.length()), file.name());
    for (List<ByteBuffer> next = next(response); !next.isEmpty(); next = next(response)) {
      for (ByteBuffer bytes : next) {
        requireLimit(part.length() + bytes.remaining());
        requireAnnounced(part.length() + bytes.remaining(), size);
        part.add(bytes);
      }
      look(size);
      arrival.progress(part.length(), size);
    }
    if (part.length() < size) {
      throw new CutException(new IOException("the connection ended early"));
    }
    look(part.length());
  }

  private void requireAnnounced(long bytes, long size) throws IOException {
    if (size >= 0 && bytes > size) {
      part.remove();
      throw new HubException(
          file.name()
              + " has more bytes than the "
              + size
              + " that were announced; it is removed.");
    }
  }

  /** What is no adapter is not kept for later. */
  private void look(long size) throws IOException {
    try {
      header.look(part, size);
    } catch (HubException e) {
      part.remove();
      throw e;
    }
  }

  private static List<ByteBuffer> next(WebResponse response)
      throws CutException, InterruptedException {
    try {
      return response.next();
    } catch (IOException e) {
      throw new CutException(e);
    }
  }

  /** True if an answer goes on exactly where the part ends, with the same file. */
  private boolean continues(WebResponse response) {
    String range = response.header("Content-Range").orElse("");
    String etag = response.header("ETag").orElse(part.note().etag());
    return range.matches(RANGE)
        && range.replaceFirst(RANGE, "$1").equals(Long.toString(part.length()))
        && (part.note().size() < 0
            || range.replaceFirst(RANGE, "$2").equals(Long.toString(part.note().size())))
        && (part.note().etag().isEmpty() || part.note().etag().equals(etag));
  }

  private void begin(WebResponse response) throws IOException {
    if (part.length() > 0) {
      notes.accept(
          file.name()
              + " has changed or cannot be had in parts; it is fetched from its beginning.");
    }
    resumed = false;
    long size = size(response);
    requireLimit(size);
    expected = file.sha256().or(() -> linked(response));
    String etag = response.header("ETag").filter(tag -> tag.startsWith("\"")).orElse("");
    part.begin(new PartNote(Links.shown(file.address()), etag, size, expected.orElse(""), 0));
  }

  /** The hub says the digest of a file on the way to where that lies. */
  private static Optional<String> linked(WebResponse response) {
    return response
        .headerOnTheWay("X-Linked-Etag")
        .map(tag -> tag.replace("\"", ""))
        .filter(tag -> tag.matches("[0-9a-f]{64}"));
  }

  private long size(WebResponse response) {
    OptionalLong announced = response.length();
    Optional<RemoteFile.Size> listed = file.size().filter(RemoteFile.Size::exact);
    if (announced.isPresent()
        && listed.isPresent()
        && listed.get().bytes() != announced.getAsLong()) {
      throw new HubException(
          file.name()
              + " has "
              + listed.get().bytes()
              + " bytes in the hub's list, and the server sends "
              + announced.getAsLong()
              + ". It was changed meanwhile, or is not what it seems; try again later.");
    }
    return announced.orElse(listed.map(RemoteFile.Size::bytes).orElse(-1L));
  }

  private void requireLimit(long bytes) {
    if (bytes > most) {
      throw new HubException(
          file.name()
              + " has "
              + DiskRoom.megabytes(bytes)
              + " or more, and "
              + DiskRoom.megabytes(most)
              + " are allowed. If you want it all the same, raise --max-size.");
    }
  }

  /** A connection that ended early, not a disk that cannot be written. */
  private static final class CutException extends IOException {
    private static final long serialVersionUID = 1L;
    private final IOException cut;

    CutException(IOException cut) {
      super(cut);
      this.cut = cut;
    }
  }
}
