package dev.lora4j.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Transfers that are cut, changed, wrong or endless. */
@Timeout(120)
class DownloadTest {
  private static final byte[] INK = TestAdapters.lora(8, 1);
  private static final byte[] GLOW = TestAdapters.lora(8, 2);
  private static final String PATH = "/ink.safetensors";

  @TempDir private Path folder;
  private HubServer server;
  private PulledFiles files;

  @BeforeEach
  void start() throws Exception {
    server = new HubServer();
    files = new PulledFiles(server, folder.resolve("adapters"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Path ink() {
    return files.library.resolve("ink.safetensors");
  }

  private void assertFetched(byte[] content) throws IOException {
    assertArrayEquals(content, Files.readAllBytes(ink()));
    assertEquals(List.of("ink.json", "ink.safetensors"), files.files());
  }

  private void assertNothing() throws IOException {
    assertEquals(List.of(), files.files());
  }

  private List<String> ranges() {
    return server.seen(PATH).stream().skip(1).map(s -> s.header("Range")).toList();
  }

  /** Leaves a part of the file, as a process does that found the server dead. */
  private long leavePart(byte[] content, String etag) throws IOException {
    server.once(PATH, HubServer.file(content, etag)); // which is asked what it has
    server.once(PATH, HubServer.cut(content, etag, 300_000));
    server.at(PATH, HubServer.status(404));
    assertTrue(files.refusal("LINK" + PATH).contains("404"));
    long kept = Files.size(files.library.resolve(".ink.pull/ink.safetensors.part"));
    assertTrue(kept > 0 && kept <= 300_000, kept + " bytes");
    server.file(PATH, content, etag);
    return kept;
  }

  @Test
  void cutConnectionsGoOnWhereTheyEnded() throws Exception {
    server.at(PATH, HubServer.cut(INK, "\"v1\"", 100_000));
    server.once(PATH, HubServer.file(INK, "\"v1\""));
    files.run("LINK" + PATH);
    assertFetched(INK);
    List<String> ranges = ranges();
    assertEquals("", ranges.get(0));
    assertTrue(ranges.size() >= INK.length / 100_000, ranges.toString());
    long before = 0;
    for (String range : ranges.subList(1, ranges.size())) {
      long from = Long.parseLong(range.replaceAll("\\D", ""));
      assertTrue(from > before, ranges.toString());
      before = from;
    }
    assertTrue(
        server.seen(PATH).stream().skip(2).allMatch(s -> s.header("If-Range").equals("\"v1\"")));
    assertTrue(files.notes.get(0).contains("ended the connection early"), files.notes.toString());
  }

  @Test
  void laterRunGoesOnWithThePart() throws Exception {
    long kept = leavePart(INK, "\"v1\"");
    int before = server.seen(PATH).size();
    files.run("LINK" + PATH);
    assertFetched(INK);
    HubServer.Seen last = server.seen(PATH).get(before + 1);
    assertEquals("bytes=" + kept + "-", last.header("Range"));
    assertEquals("\"v1\"", last.header("If-Range"));
  }

  @Test
  void changedFileIsFetchedFromItsBeginning() throws Exception {
    leavePart(INK, "\"v1\"");
    server.file(PATH, GLOW, "\"v2\"");
    files.run("LINK" + PATH);
    assertFetched(GLOW);
    assertTrue(files.notes.toString().contains("fetched from its beginning"));
  }

  /** Some servers send the rest of whatever they have now. */
  @Test
  void restOfAnotherFileIsNotTaken() throws Exception {
    leavePart(INK, "\"v1\"");
    server.at(PATH, HubServer.careless(GLOW, "\"v2\""));
    files.run("LINK" + PATH);
    assertFetched(GLOW);
  }

  @Test
  void restThatBeginsElsewhereIsNotTaken() throws Exception {
    leavePart(INK, "\"v1\"");
    server.once(PATH, HubServer.file(INK, "\"v1\""));
    server.once(
        PATH,
        e -> {
          e.getResponseHeaders().set("ETag", "\"v1\"");
          e.getResponseHeaders().set("Content-Range", "bytes 5-9/" + INK.length);
          e.sendResponseHeaders(206, 5);
          e.getResponseBody().write(new byte[5]);
        });
    files.run("LINK" + PATH);
    assertFetched(INK);
  }

  @Test
  void serverWithoutPartsGivesAllAgain() throws Exception {
    leavePart(INK, "\"v1\"");
    server.at(PATH, HubServer.whole(INK, "ETag", "\"v1\""));
    files.run("LINK" + PATH);
    assertFetched(INK);
  }

  @Test
  void partThatTheServerFindsTooLongIsDropped() throws Exception {
    leavePart(INK, "\"v1\"");
    byte[] small = TestAdapters.lora(1, 3);
    server.at(PATH, HubServer.careless(small, "\"v3\""));
    files.run("LINK" + PATH);
    assertFetched(small);
  }

  /** Without a tag or a digest nobody knows whether a rest belongs to the part. */
  @Test
  void partWithoutATagIsBegunAnew() throws Exception {
    server.once(PATH, HubServer.file(INK, "")).once(PATH, HubServer.cut(INK, "", 100_000));
    server.file(PATH, INK, "");
    files.run("LINK" + PATH);
    assertFetched(INK);
    assertTrue(server.seen(PATH).stream().allMatch(s -> s.header("Range").isEmpty()));
    server.at("/weak.safetensors", HubServer.cut(INK, "W/\"v1\"", 100_000));
    assertTrue(files.refusal("LINK/weak.safetensors").contains("cannot be reached"));
    assertTrue(
        server.seen("/weak.safetensors").stream().allMatch(s -> s.header("Range").isEmpty()));
    assertEquals(6, server.seen("/weak.safetensors").size());
  }

  /** With the digest, the end tells. */
  @Test
  void partWithADigestGoesOnWithoutATag() throws Exception {
    String source = "LINK" + PATH + "#sha256=" + TestAdapters.sha256(INK);
    server.at(PATH, HubServer.cut(INK, "", 100_000));
    files.run(source);
    assertFetched(INK);
    assertTrue(ranges().get(2).startsWith("bytes="), ranges().toString());
  }

  @Test
  void spoiledPartIsFoundAndFetchedAgain() throws Exception {
    Hubs.huggingFace(server, "ann/ink", Map.of("ink.safetensors", INK));
    String cdn = "/cdn/" + TestAdapters.sha256(INK);
    server.once(cdn, HubServer.cut(INK, "\"x\"", 300_000)).once(cdn, HubServer.status(404));
    files.refusal("hf:ann/ink");
    Path part = files.library.resolve(".ink.pull/ink.safetensors.part");
    byte[] spoiled = Files.readAllBytes(part);
    spoiled[spoiled.length - 1] ^= 1;
    Files.write(part, spoiled);
    server.file(cdn, INK, "\"x\"");
    files.run("hf:ann/ink");
    assertFetched(INK);
    assertTrue(files.notes.toString().contains("not what the hub has; beginning anew"));
  }

  /** Bytes behind what was forced to the disk may be anything after a power failure. */
  @Test
  void bytesThatWereNotNotedDoNotCount() throws Exception {
    long kept = leavePart(INK, "\"v1\"");
    Path part = files.library.resolve(".ink.pull/ink.safetensors.part");
    byte[] longer = Arrays.copyOf(Files.readAllBytes(part), (int) kept + 5000);
    Files.write(part, longer);
    files.run("LINK" + PATH);
    assertFetched(INK);
  }

  @Test
  void brokenNoteCostsThePartAlone() throws Exception {
    for (String broken :
        List.of("", "{", "[]", "{\"url\":1}", "{\"url\":null}", "\u0000\u0000\u0000", "nonsense")) {
      leavePart(INK, "\"v1\"");
      Files.writeString(files.library.resolve(".ink.pull/ink.safetensors.json"), broken);
      files.run("LINK" + PATH);
      assertFetched(INK);
      Files.delete(ink());
      Files.delete(files.library.resolve("ink.json"));
    }
  }

  @Test
  void wholePartIsVerifiedWithTheServer() throws Exception {
    leavePart(INK, "\"v1\"");
    Path place = files.library.resolve(".ink.pull");
    Files.write(place.resolve("ink.safetensors.part"), INK);
    String note = Files.readString(place.resolve("ink.safetensors.json"));
    Files.writeString(
        place.resolve("ink.safetensors.json"),
        note.replaceFirst("\"bytes\":\\d+", "\"bytes\":" + INK.length));
    files.run("LINK" + PATH);
    assertFetched(INK);
    List<HubServer.Seen> seen = server.seen(PATH);
    assertEquals("bytes=" + (INK.length - 1) + "-", seen.get(seen.size() - 1).header("Range"));
  }

  @Test
  void wrongDigestLeavesNothing() throws Exception {
    server.file(PATH, INK, "\"v1\"");
    String expected = TestAdapters.sha256(GLOW);
    String refused = files.refusal("LINK" + PATH + "#sha256=" + expected);
    assertTrue(refused.contains("Expected SHA-256 " + expected), refused);
    assertTrue(refused.contains("found " + TestAdapters.sha256(INK)), refused);
    assertNothing();
    Hubs.huggingFace(server, "ann/ink", Map.of("ink.safetensors", INK));
    server.file("/cdn/" + TestAdapters.sha256(INK), GLOW, "\"x\"");
    assertTrue(files.refusal("hf:ann/ink").contains("found " + TestAdapters.sha256(GLOW)));
    assertNothing();
  }

  @Test
  void hubAndUserMustAgreeOnTheDigest() throws Exception {
    Hubs.huggingFace(server, "ann/ink", Map.of("ink.safetensors", INK));
    String link = server.hub() + "/ann/ink/blob/main/ink.safetensors#sha256=";
    assertTrue(files.refusal(link + TestAdapters.sha256(GLOW)).contains("the hub lists SHA-256"));
    files.run(link + TestAdapters.sha256(INK));
    assertFetched(INK);
  }

  /** A mirror may list no digests; the hub's redirects say them too. */
  @Test
  void digestOfTheRedirectCounts() throws Exception {
    Hubs.huggingFace(server, "ann/ink", Map.of("ink.safetensors", INK));
    server.json(
        "/api/models/ann/ink/revision/main?blobs=true",
        "{\"sha\":\"" + Hubs.COMMIT + "\",\"siblings\":[{\"rfilename\":\"ink.safetensors\"}]}");
    String cdn = "/cdn/" + TestAdapters.sha256(INK);
    server.file(cdn, GLOW, "\"x\"");
    assertTrue(files.refusal("hf:ann/ink").contains(TestAdapters.sha256(INK)));
    assertNothing();
    server.once(cdn, HubServer.cut(INK, "\"y\"", 300_000)).once(cdn, HubServer.status(404));
    files.refusal("hf:ann/ink");
    server.file(cdn, INK, "\"y\"");
    files.run("hf:ann/ink");
    assertFetched(INK);
  }

  @Test
  void lengthMustBeTheListedOne() throws Exception {
    Hubs.huggingFace(server, "ann/ink", Map.of("ink.safetensors", INK));
    server.file("/cdn/" + TestAdapters.sha256(INK), Arrays.copyOf(INK, INK.length - 8), "\"x\"");
    String refused = files.refusal("hf:ann/ink");
    assertTrue(refused.contains("has " + INK.length + " bytes in the hub's list"), refused);
    assertNothing();
    server.at(
        "/cdn/" + TestAdapters.sha256(INK),
        e -> {
          e.sendResponseHeaders(200, 0); // in chunks, and more of them than there should be
          e.getResponseBody().write(INK);
          e.getResponseBody().write(INK);
        });
    assertTrue(files.refusal("hf:ann/ink").contains("more bytes than the " + INK.length));
    assertNothing();
  }

  @Test
  void halfAFileIsNone() throws Exception {
    server.at(PATH, HubServer.whole(Arrays.copyOf(INK, INK.length / 2)));
    assertTrue(files.refusal("LINK" + PATH).contains("ink.safetensors"));
    assertNothing();
    server.at(PATH, HubServer.whole(Arrays.copyOf(INK, 200)));
    assertTrue(files.refusal("LINK" + PATH).contains("ends inside its header"));
    assertNothing();
    server.at(PATH, HubServer.whole(new byte[0]));
    assertTrue(files.refusal("LINK" + PATH).contains("is empty"));
    assertNothing();
    server.at(PATH, HubServer.whole(new byte[100_000]));
    assertTrue(files.refusal("LINK" + PATH).contains("has an empty header"));
    assertNothing();
  }

  @Test
  void otherKindsOfFilesAreRefusedByTheirContent() throws Exception {
    Map<String, String> kinds =
        Map.of(
            "\u0080\u0002}q\u0000", "is a Python pickle",
            "PK\u0003\u0004", "is a zip archive",
            "GGUF\u0003\u0000", "is a GGUF file",
            "<!DOCTYPE html><title>Log in", "is a web page",
            "{\"error\": \"not found\"}", "is JSON text",
            "version https://git-lfs.github.com/spec/v1\n", "is a Git LFS pointer");
    for (Map.Entry<String, String> kind : kinds.entrySet()) {
      byte[] content = Arrays.copyOf(kind.getKey().getBytes(StandardCharsets.ISO_8859_1), 600);
      Arrays.fill(content, kind.getKey().length(), 600, (byte) 'x');
      server.at(PATH, HubServer.whole(content, "Content-Type", "application/octet-stream"));
      String refused = files.refusal("LINK" + PATH);
      assertTrue(refused.contains("ink.safetensors " + kind.getValue()), refused);
      assertFalse(refused.contains(".part"), refused);
      assertNothing();
    }
  }

  /** The 14 MB of a model are refused by their first ones. */
  @Test
  void wholeModelsAreRefusedByTheirHeader() throws Exception {
    byte[] model = TestAdapters.bytes(TestAdapters.MODEL);
    server.at("/unet.safetensors", HubServer.slow(model, "\"m\"", 50));
    long began = System.nanoTime();
    String refused = files.refusal("LINK/unet.safetensors");
    assertTrue(refused.contains("unet.safetensors is a whole model, not an adapter"), refused);
    assertTrue(System.nanoTime() - began < 20_000_000_000L, "it took as long as all of it");
    assertNothing();
    server.at("/judge.safetensors", HubServer.whole(TestAdapters.bytes(TestAdapters.JUDGE)));
    refused = files.refusal("LINK/judge.safetensors");
    assertTrue(refused.contains("none of its tensors is a part of an adapter"), refused);
    assertNothing();
  }

  @Test
  void largeFilesAreRefusedBeforeTheyCome() throws Exception {
    server.file(PATH, INK, "\"v1\"");
    files.atMost(INK.length - 1);
    assertTrue(files.refusal("LINK" + PATH).contains("raise --max-size"));
    assertNothing();
    server.at(
        "/endless.safetensors",
        e -> {
          e.sendResponseHeaders(200, 0); // in chunks, of no length that is known
          for (int i = 0; i < 100; i++) {
            e.getResponseBody().write(INK, 0, INK.length);
          }
        });
    assertTrue(files.refusal("LINK/endless.safetensors").contains("are allowed"));
  }

  @Test
  void lengthThatNobodySaysIsNoObstacle() throws Exception {
    server.at(
        PATH,
        e -> {
          e.sendResponseHeaders(200, 0);
          e.getResponseBody().write(INK);
        });
    files.run("LINK" + PATH);
    assertFetched(INK);
  }

  /** No disk has a petabyte. */
  @Test
  void fullDiskIsFoundBeforeTheTransfer() throws Exception {
    server.at(
        PATH,
        e -> {
          e.sendResponseHeaders(200, 1L << 50);
          e.getResponseBody().write(INK);
        });
    files.atMost(1L << 60);
    String refused = files.refusal("LINK" + PATH);
    assertTrue(refused.contains("has room for") && refused.contains("Make room"), refused);
    assertFalse(Files.exists(ink()));
  }

  @Test
  void folderThatCannotBeWrittenIsNamed() throws Exception {
    Files.writeString(folder.resolve("adapters"), "a file");
    server.file(PATH, INK, "\"v1\"");
    String refused = files.refusal("LINK" + PATH);
    assertTrue(refused.contains("cannot be written"), refused);
  }
}
