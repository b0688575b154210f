package dev.lora4j.studio.dataset;

import static dev.lora4j.studio.StudioClient.encoded;
import static dev.lora4j.studio.StudioClient.object;
import static dev.lora4j.studio.StudioClient.problem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.studio.BareStudio;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets of pictures, as a page uses them. */
class PictureRoutesTest {
  @TempDir private Path start;
  private BareStudio studio;

  @BeforeEach
  void open() throws IOException {
    studio = BareStudio.open(start);
  }

  @AfterEach
  void close() throws Exception {
    studio.close();
  }

  private HttpResponse<String> upload(String set, String name, byte[] bytes) throws Exception {
    String data = Base64.getEncoder().encodeToString(bytes);
    return studio.send("/studio/pictures/upload", object("set", set, "name", name, "data", data));
  }

  private void set(String name) throws Exception {
    studio.post("/studio/pictures", object("set", name));
  }

  private JsonArray items(String set) throws Exception {
    return studio.get("/studio/pictures/list?set=" + encoded(set)).getAsJsonArray("items");
  }

  private static byte[] picture(String format, int width, int height, Color color)
      throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setColor(color);
    g.fillOval(0, 0, width, height);
    g.dispose();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, out), format);
    return out.toByteArray();
  }

  private Path folder(String set) {
    return studio.workspace().pictures().resolve(set);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aSetGrowsByPicturesWithCaptions() throws Exception {
    set("ink");
    Path fox = BundledModel.styleSet().resolve("abacus.png");
    HttpResponse<String> answer = upload("ink", "Abacus.PNG", Files.readAllBytes(fox));
    assertEquals(201, answer.statusCode(), answer.body());
    JsonObject item =
        studio.post(
            "/studio/pictures/caption",
            object("set", "ink", "file", "Abacus.png", "caption", "  ein Rechenbrett “ink”\n"));
    assertEquals("ein Rechenbrett “ink”", item.get("caption").getAsString());
    assertEquals("ein Rechenbrett “ink”\n", Files.readString(folder("ink").resolve("Abacus.txt")));
    assertFalse(item.has("otherwise"));
    JsonObject only = items("ink").get(0).getAsJsonObject();
    assertEquals(item, only);
    assertEquals(64, only.get("width").getAsInt());
    assertEquals(Files.size(fox), only.get("bytes").getAsLong());
    assertArrayEquals(Files.readAllBytes(fox), studio.bytes(only.get("url").getAsString()).body());
    HttpResponse<byte[]> thumb = studio.bytes(only.get("thumb").getAsString());
    assertEquals("image/png", thumb.headers().firstValue("content-type").orElse(""));
    assertEquals(64, ImageIO.read(new ByteArrayInputStream(thumb.body())).getWidth());
    JsonObject sets =
        studio.get("/studio/pictures").getAsJsonArray("sets").get(0).getAsJsonObject();
    assertEquals("ink", sets.get("name").getAsString());
    assertEquals(1, sets.get("count").getAsInt());
    assertEquals("studio/pictures/ink", sets.get("folder").getAsString());
  }

  @Test
  void aPictureWithoutCaptionSaysWhatItIsTrainedWith() throws Exception {
    set("a");
    upload("a", "red_fox.png", picture("png", 20, 20, Color.RED));
    JsonObject item = items("a").get(0).getAsJsonObject();
    assertEquals("", item.get("caption").getAsString());
    assertEquals("red fox", item.get("otherwise").getAsString());
    studio.post(
        "/studio/pictures/caption", object("set", "a", "file", "red_fox.png", "caption", "x"));
    item =
        studio.post(
            "/studio/pictures/caption", object("set", "a", "file", "red_fox.png", "caption", " "));
    assertEquals("red fox", item.get("otherwise").getAsString());
    assertEquals(List.of("red_fox.png"), names(folder("a")));
  }

  @Test
  void namesAreMadeSafeAndUnique() throws Exception {
    set("a");
    List<String> asked =
        List.of(
            "../../etc/passwd.png",
            "C:\\pictures\\fox.jpeg",
            "fox.gif",
            "..png",
            "con.png",
            "-rf.png",
            "a\u202Egnp.exe.png",
            "x".repeat(300) + ".png",
            "\uD83D\uDE00 smile.png");
    int i = 0;
    for (String name : asked) {
      HttpResponse<String> answer =
          upload("a", name, picture("png", 16, 16, new Color(i++ * 20, 0, 0)));
      assertEquals(201, answer.statusCode(), name + answer.body());
    }
    assertEquals(
        Stream.of(
                "passwd.png",
                "fox.png",
                "fox-2.png",
                "picture.png",
                "picture-con.png",
                "rf.png",
                "a-gnp.exe.png",
                "x".repeat(80) + ".png",
                "\uD83D\uDE00 smile.png")
            .sorted()
            .toList(),
        names(folder("a")));
    assertEquals(List.of("a"), names(studio.workspace().pictures()));
  }

  @Test
  void theContentSaysWhatAFileIs() throws Exception {
    set("a");
    for (String format : List.of("png", "jpeg", "gif", "bmp")) {
      HttpResponse<String> answer =
          upload("a", format + ".txt", picture(format, 24, 16, Color.BLUE));
      assertEquals(201, answer.statusCode(), answer.body());
    }
    assertEquals(List.of("bmp.bmp", "gif.gif", "jpeg.jpg", "png.png"), names(folder("a")));
    for (String text : List.of("<svg/>", "", "%PDF-1.7", "MZ", "BM", "RIFF....WEBP")) {
      HttpResponse<String> answer = upload("a", "evil.png", text.getBytes(UTF_8));
      assertEquals(400, answer.statusCode(), text + answer.body());
    }
    assertEquals(4, names(folder("a")).size());
  }

  @Test
  void theSamePictureIsRefusedByName() throws Exception {
    set("a");
    byte[] fox = picture("png", 16, 16, Color.RED);
    upload("a", "fox.png", fox);
    assertEquals("409 dog.png is in a already, as fox.png.", problem(upload("a", "dog.png", fox)));
    assertEquals(List.of("fox.png"), names(folder("a")));
  }

  @Test
  void halfPicturesAndBombsAreRefusedAndLeaveNothing() throws Exception {
    set("a");
    byte[] whole = picture("png", 200, 200, Color.RED);
    byte[] half = Arrays.copyOf(whole, whole.length / 2);
    assertTrue(problem(upload("a", "half.png", half)).startsWith("400 half.png is cut off"));
    byte[] jpeg = picture("jpeg", 200, 200, Color.RED);
    byte[] torn = Arrays.copyOf(jpeg, jpeg.length - 40);
    assertEquals(400, upload("a", "torn.jpg", torn).statusCode());
    // A header that declares 60000 x 60000 pixels.
    byte[] bomb = whole.clone();
    for (int at : new int[] {16, 20}) {
      bomb[at] = 0;
      bomb[at + 1] = 0;
      bomb[at + 2] = (byte) (60_000 >> 8);
      bomb[at + 3] = (byte) 60_000;
    }
    CRC32 sum = new CRC32();
    sum.update(bomb, 12, 17);
    for (int i = 0; i < 4; i++) {
      bomb[29 + i] = (byte) (sum.getValue() >> (24 - 8 * i));
    }
    String told = problem(upload("a", "bomb.png", bomb));
    assertTrue(told.contains("declares 60000x60000 pixels"), told);
    assertTrue(problem(upload("a", "dot.png", picture("png", 4, 4, Color.RED))).contains("4x4"));
    HttpResponse<String> torn64 =
        studio.send(
            "/studio/pictures/upload", object("set", "a", "name", "f.png", "data", "iVBOR*"));
    assertTrue(problem(torn64).contains("did not arrive as a whole"), problem(torn64));
    assertEquals(List.of(), names(folder("a")));
  }

  @Test
  void aBodyOfTheWrongKindIsRefusedByField() throws Exception {
    set("a");
    assertEquals(
        "400 name must be a text, but it is missing.",
        problem(studio.send("/studio/pictures/upload", object("set", "a"))));
    assertTrue(
        problem(studio.send("/studio/pictures/upload", object("set", "a", "url", "http://x")))
            .startsWith("400 There is no field 'url' here"));
    assertEquals(400, studio.send("/studio/pictures/upload", "[1]").statusCode());
    assertEquals(400, studio.send("/studio/pictures", object("set", 5)).statusCode());
    assertEquals(
        404,
        studio.send("/studio/pictures/remove", object("set", "b", "file", "x.png")).statusCode());
  }

  @Test
  void noNameLeadsOutOfASet() throws Exception {
    set("a");
    Files.write(start.resolve("secret.png"), picture("png", 16, 16, Color.RED));
    Files.createSymbolicLink(folder("a").resolve("link.png"), start.resolve("secret.png"));
    Files.createDirectories(folder("a").resolve(".removed"));
    Files.write(folder("a").resolve(".removed/old.png"), picture("png", 16, 16, Color.RED));
    Files.writeString(folder("a").resolve("fox.txt"), "a fox");
    for (String file :
        List.of(
            "../../../secret.png",
            start.resolve("secret.png").toString(),
            "link.png",
            ".removed/old.png",
            "fox.txt",
            "",
            "../a/../../../secret.png")) {
      assertEquals(
          404, studio.ask("/studio/pictures/file?set=a&file=" + encoded(file)).statusCode(), file);
      assertEquals(
          404,
          studio.send("/studio/pictures/remove", object("set", "a", "file", file)).statusCode());
    }
    assertEquals(404, studio.ask("/studio/pictures/list?set=..").statusCode());
    for (String set : List.of("..", "a/b", ".hidden", "con", " x", "-x", "", "a\nb")) {
      assertEquals(400, studio.send("/studio/pictures", object("set", set)).statusCode(), set);
    }
    String told = items("a").get(0).getAsJsonObject().get("problem").getAsString();
    assertTrue(told.contains("link to a place outside"), told);
  }

  @Test
  void aRemovedPictureIsKeptAside() throws Exception {
    set("a");
    for (int i = 0; i < 2; i++) {
      upload("a", "fox.png", picture("png", 16, 16, Color.RED));
      studio.post(
          "/studio/pictures/caption", object("set", "a", "file", "fox.png", "caption", "fox " + i));
      studio.post("/studio/pictures/remove", object("set", "a", "file", "fox.png"));
      assertEquals(0, items("a").size());
    }
    Path removed = folder("a").resolve(".removed");
    assertEquals(List.of("fox-2.png", "fox-2.txt", "fox.png", "fox.txt"), names(removed));
    assertEquals("fox 1\n", Files.readString(removed.resolve("fox-2.txt")));
    assertEquals(0, studio.get("/studio/pictures/list?set=a").getAsJsonArray("problems").size());
  }

  @Test
  void aListOfCaptionsGoesBeforeTextFiles() throws Exception {
    set("a");
    upload("a", "fox.png", picture("png", 16, 16, Color.RED));
    Files.writeString(folder("a").resolve("fox.txt"), "from the text");
    Files.writeString(
        folder("a").resolve("metadata.jsonl"),
        "{\"file_name\": \"fox.png\", \"text\": \"from the list\"}\n");
    JsonObject item = items("a").get(0).getAsJsonObject();
    assertEquals("from the list", item.get("caption").getAsString());
    assertEquals("metadata.jsonl", item.get("captionFrom").getAsString());
    HttpResponse<String> answer =
        studio.send(
            "/studio/pictures/caption", object("set", "a", "file", "fox.png", "caption", "new"));
    assertTrue(problem(answer).startsWith("409 The caption of fox.png is in metadata.jsonl"));
    assertEquals("from the text", Files.readString(folder("a").resolve("fox.txt")));
  }

  @Test
  void foldersOfTheUsersAreAddedWithinTheStartAlone() throws Exception {
    Path mine = Files.createDirectories(start.resolve("my pictures"));
    Files.write(mine.resolve("fox.png"), picture("png", 16, 16, Color.RED));
    studio.post("/studio/pictures", object("set", "mine", "folder", "my pictures"));
    assertEquals(1, items("mine").size());
    Path outside = Files.createTempDirectory("outside");
    Files.createSymbolicLink(start.resolve("way-out"), outside);
    for (String folder :
        List.of("..", outside.toString(), "way-out", "absent", "my pictures/fox.png")) {
      HttpResponse<String> answer =
          studio.send("/studio/pictures", object("set", "other", "folder", folder));
      assertEquals(400, answer.statusCode(), folder + answer.body());
    }
    assertTrue(problem(studio.send("/studio/pictures", object("set", "MINE"))).startsWith("409"));
    studio.close();
    studio = BareStudio.open(start);
    assertEquals(1, items("mine").size());
    // A set whose folder has become a link to elsewhere is none any more.
    Files.move(mine, outside.resolve("moved"));
    Files.createSymbolicLink(mine, outside.resolve("moved"));
    assertEquals(404, studio.ask("/studio/pictures/list?set=mine").statusCode());
    assertEquals(0, studio.get("/studio/pictures").getAsJsonArray("sets").size());
  }

  @Test
  void foldersOfKohyaAreReadAsTrainReadsThem() throws Exception {
    Path mine = Files.createDirectories(start.resolve("kohya/10_sks fox"));
    Files.createDirectories(start.resolve("kohya/notes"));
    Files.write(mine.resolve("one.png"), picture("png", 16, 16, Color.RED));
    Files.write(start.resolve("kohya/notes/two.png"), picture("png", 16, 16, Color.RED));
    studio.post("/studio/pictures", object("set", "kohya", "folder", "kohya"));
    JsonObject list = studio.get("/studio/pictures/list?set=kohya");
    JsonObject item = list.getAsJsonArray("items").get(0).getAsJsonObject();
    assertEquals("10_sks fox/one.png", item.get("file").getAsString());
    assertEquals("sks fox", item.get("otherwise").getAsString());
    assertEquals(200, studio.bytes(item.get("url").getAsString()).statusCode());
    assertTrue(
        list.getAsJsonArray("problems").get(0).getAsString().startsWith("notes is left out"));
    String told = problem(upload("kohya", "x.png", picture("png", 16, 16, Color.GREEN)));
    assertTrue(told.startsWith("409 The pictures of kohya are in folders within it"), told);
    assertFalse(Files.exists(start.resolve("kohya/x.png")));
  }

  @Test
  void twoPicturesOfOneNameAreTold() throws Exception {
    set("a");
    Files.write(folder("a").resolve("fox.png"), picture("png", 16, 16, Color.RED));
    Files.write(folder("a").resolve("fox.gif"), picture("gif", 16, 16, Color.RED));
    Files.writeString(folder("a").resolve("broken.png"), "nothing");
    for (int i = 0; i < 3; i++) {
      assertTrue(items("a").get(i).getAsJsonObject().has("problem"));
    }
    assertEquals(201, upload("a", "FOX.png", picture("png", 16, 16, Color.BLUE)).statusCode());
    assertTrue(Files.exists(folder("a").resolve("FOX-2.png")));
  }

  @Test
  void aFolderThatCannotBeWrittenIsAnErrorThatSaysSo() throws Exception {
    set("a");
    Path folder = folder("a");
    Files.delete(folder);
    Files.writeString(folder, "a file in its place");
    HttpResponse<String> answer = upload("a", "fox.png", picture("png", 16, 16, Color.RED));
    assertEquals(404, answer.statusCode(), answer.body());
    Files.writeString(studio.workspace().folder().resolve("pictures.json"), "{");
    HttpResponse<String> added =
        studio.send("/studio/pictures", object("set", "b", "folder", "adapters"));
    assertTrue(problem(added).contains("pictures.json"), problem(added));
    assertEquals("{", Files.readString(studio.workspace().folder().resolve("pictures.json")));
    set("c");
  }

  @Test
  void threeHundredPicturesAreShownByThumbnailsThatAreKept() throws Exception {
    set("many");
    for (int i = 0; i < 300; i++) {
      Color color = new Color(i % 256, i / 256, 77);
      Files.write(folder("many").resolve("p" + i + ".jpg"), picture("jpeg", 640, 480, color));
    }
    JsonArray items = items("many");
    assertEquals(300, items.size());
    for (int pass = 0; pass < 2; pass++) {
      for (var item : items) {
        HttpResponse<byte[]> thumb =
            studio.bytes(item.getAsJsonObject().get("thumb").getAsString());
        assertEquals("image/jpeg", thumb.headers().firstValue("content-type").orElse(""));
        assertEquals(256, ImageIO.read(new ByteArrayInputStream(thumb.body())).getWidth());
      }
    }
    Path kept = studio.workspace().folder().resolve("thumbnails");
    assertEquals(300, names(kept).size());
    // Those that are kept are what is sent.
    byte[] other = picture("jpeg", 8, 8, Color.GREEN);
    for (String name : names(kept)) {
      Files.write(kept.resolve(name), other);
    }
    String first = items.get(0).getAsJsonObject().get("thumb").getAsString();
    assertArrayEquals(other, studio.bytes(first).body());
    // Another picture of the same name has a thumbnail of its own.
    Path file = folder("many").resolve("p0.jpg");
    Files.write(file, picture("jpeg", 100, 50, Color.BLUE));
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(2)));
    String changed = items("many").get(0).getAsJsonObject().get("thumb").getAsString();
    assertEquals(
        100, ImageIO.read(new ByteArrayInputStream(studio.bytes(changed).body())).getWidth());
  }
}
