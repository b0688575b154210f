package dev.lora4j.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.hub.listing.FileSelection;
import dev.lora4j.hub.listing.RemoteAdapter;
import dev.lora4j.hub.store.StoredAdapter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What comes from the hubs, and where it lies then. */
@Timeout(120)
class PullTest {
  private static final byte[] INK = TestAdapters.lora(4, 1);
  private static final byte[] GLOW = TestAdapters.lora(2, 2);

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

  private JsonObject note(String name) throws IOException {
    return JsonParser.parseString(Files.readString(files.library.resolve(name + ".json")))
        .getAsJsonObject();
  }

  @Test
  void fileOfHuggingFaceIsStoredWithItsNote() throws Exception {
    JsonObject card = new JsonObject();
    card.addProperty("license", "creativeml-openrail-m");
    card.addProperty("base_model", "runwayml/stable-diffusion-v1-5");
    card.addProperty("instance_prompt", "ink drawing");
    Hubs.huggingFace(server, "ann/ink", Map.of("ink.safetensors", INK, "README.md", GLOW), card);
    StoredAdapter stored = files.one("hf:ann/ink");
    assertEquals(files.library.resolve("ink.safetensors"), stored.path());
    assertArrayEquals(INK, Files.readAllBytes(stored.path()));
    assertEquals(TestAdapters.sha256(INK), stored.sha256());
    assertEquals("Stable Diffusion 1", stored.family().orElseThrow().substring(0, 18));
    assertFalse(stored.alreadyThere());
    assertEquals(List.of("ink.json", "ink.safetensors"), files.files());
    assertEquals((long) INK.length, files.progress.get(files.progress.size() - 1));
    JsonObject note = note("ink");
    assertEquals("ink drawing", note.get("activation text").getAsString());
    assertEquals("SD1", note.get("sd version").getAsString());
    JsonObject own = note.getAsJsonObject("lora4j");
    assertEquals("hf:ann/ink/ink.safetensors", own.get("source").getAsString());
    assertEquals(Hubs.COMMIT, own.get("revision").getAsString());
    assertEquals("creativeml-openrail-m", own.get("licence").getAsString());
    assertEquals("ann", own.get("author").getAsString());
    assertEquals("runwayml/stable-diffusion-v1-5", own.get("base_model").getAsString());
    assertEquals(stored.sha256(), own.get("sha256").getAsString());
  }

  /** The hub's own host gets the token; the one on which its files lie does not. */
  @Test
  void tokenIsForTheHubAlone() {
    Hubs.huggingFace(server, "ann/ink", Map.of("ink.safetensors", INK));
    Hubs.civitai(server, 7, 70, "glow.safetensors", GLOW);
    files.run("hf:ann/ink");
    files.run("civitai:7");
    server.at("/direct.safetensors", HubServer.whole(INK));
    files.named("direct").run(server.other() + "/direct.safetensors");
    for (HubServer.Seen seen : server.seen()) {
      boolean hub = seen.host().startsWith("127.0.0.1:");
      String expected = hub ? "Bearer " + PulledFiles.TOKEN : "";
      assertEquals(expected, seen.header("Authorization"), seen.toString());
    }
    assertTrue(server.seen().stream().anyMatch(s -> s.host().startsWith("localhost:")));
    assertFalse(files.notes.toString().contains(PulledFiles.TOKEN));
  }

  @Test
  void adapterOfPeftIsAFolder() throws Exception {
    byte[] config = TestAdapters.bytes(TestAdapters.PEFT.resolve("adapter_config.json"));
    byte[] tensors = TestAdapters.bytes(TestAdapters.PEFT.resolve("adapter_model.safetensors"));
    Hubs.huggingFace(
        server,
        "ann/poet",
        Map.of("adapter_config.json", config, "adapter_model.safetensors", tensors));
    StoredAdapter stored = files.one("hf:ann/poet");
    assertEquals(files.library.resolve("poet"), stored.path());
    assertEquals(
        List.of("poet", "poet.json", "poet/adapter_config.json", "poet/adapter_model.safetensors"),
        files.files());
    assertArrayEquals(config, Files.readAllBytes(stored.path().resolve("adapter_config.json")));
    assertTrue(AdapterFiles.folder(stored.path()));
    assertTrue(files.one("hf:ann/poet").alreadyThere());
    StoredAdapter again = files.overwriting().one("hf:ann/poet");
    assertFalse(again.alreadyThere());
    assertEquals(4, files.files().size(), files.files().toString());
  }

  @Test
  void adapterInASubfolderHasItsNameToo() throws Exception {
    byte[] config = TestAdapters.bytes(TestAdapters.PEFT.resolve("adapter_config.json"));
    byte[] tensors = TestAdapters.bytes(TestAdapters.PEFT.resolve("adapter_model.safetensors"));
    Hubs.huggingFace(
        server,
        "ann/poet",
        Map.of(
            "adapter_model.safetensors", tensors,
            "step-5/adapter_config.json", config,
            "step-5/adapter_model.safetensors", tensors));
    assertEquals(
        files.library.resolve("poet-step-5"),
        files.one(server.hub() + "/ann/poet/tree/main/step-5").path());
    assertTrue(Files.isRegularFile(files.library.resolve("poet-step-5/adapter_config.json")));
    String refused = files.refusal("hf:ann/poet");
    assertTrue(
        refused.contains("2 files of adapters; name those that you want by --file"), refused);
    assertTrue(refused.contains("\n  step-5/adapter_model.safetensors  0.0 MB"), refused);
    assertEquals(
        files.library.resolve("poet.safetensors"),
        files
            .select(new FileSelection(List.of("adapter_model.safetensors"), false))
            .one("hf:ann/poet")
            .path());
  }

  @Test
  void severalFilesAreNamedOrTakenAll() throws Exception {
    Hubs.huggingFace(
        server,
        "ann/styles",
        Map.of("a/ink.safetensors", INK, "b/ink.safetensors", GLOW, "glow.safetensors", GLOW));
    String refused = files.refusal("hf:ann/styles");
    for (String told :
        List.of("a/ink.safetensors", "b/ink.safetensors", "glow.safetensors", "MB")) {
      assertTrue(refused.contains(told), refused);
    }
    assertEquals(List.of(), files.files());
    files.select(new FileSelection(List.of("nothing.safetensors"), false));
    assertTrue(files.refusal("hf:ann/styles").contains("has no file nothing.safetensors"));
    files.select(new FileSelection(List.of("ink.safetensors"), false));
    assertTrue(files.refusal("hf:ann/styles").contains("several files ink.safetensors"));
    files.select(new FileSelection(List.of("glow.safetensors"), false));
    assertEquals(files.library.resolve("glow.safetensors"), files.one("hf:ann/styles").path());
    files.select(new FileSelection(List.of(), true));
    assertEquals(
        List.of("a-ink.safetensors", "b-ink.safetensors", "glow.safetensors"),
        files.run("hf:ann/styles").stream()
            .map(p -> p.stored().path().getFileName().toString())
            .sorted()
            .toList());
    assertTrue(files.named("x").refusal("hf:ann/styles").contains("gives 3 adapters"));
  }

  @Test
  void modelOfCivitaiComesWithWordsAndPicture() throws Exception {
    Hubs.civitai(server, 7, 70, "Ink & Brush v1.safetensors", INK);
    StoredAdapter stored = files.one("civitai:7");
    assertEquals("Ink & Brush v1.safetensors", stored.path().getFileName().toString());
    assertArrayEquals(INK, Files.readAllBytes(stored.path()));
    assertArrayEquals(
        Hubs.png(), Files.readAllBytes(files.library.resolve("Ink & Brush v1.preview.png")));
    JsonObject note = note("Ink & Brush v1");
    assertEquals("ink drawing, brush", note.get("activation text").getAsString());
    assertEquals("Draws with ink.\nUse 0.8 & less.", note.get("description").getAsString());
    JsonObject own = note.getAsJsonObject("lora4j");
    assertEquals("civitai:7@70", own.get("source").getAsString());
    assertEquals("https://civitai.com/models/7?modelVersionId=70", own.get("page").getAsString());
    assertEquals("painter", own.get("author").getAsString());
    assertEquals("SD 1.5", own.get("base_model").getAsString());
    assertEquals(
        "credit the author; commercial use: Image, RentCivit; may be changed and shared; changed"
            + " versions under the same terms",
        own.get("licence").getAsString());
    JsonArray words = own.getAsJsonArray("trigger_words");
    assertEquals("brush", words.get(1).getAsString());
    // Neither a picture that the hub hides nor a film.
    assertTrue(server.seen("/unfit.png").isEmpty() && server.seen("/film.mp4").isEmpty());
    assertFalse(Files.readString(files.library.resolve("Ink & Brush v1.json")).contains("secret"));
  }

  @Test
  void versionsOfCivitaiAreFoundByEveryLink() {
    Hubs.civitai(server, 7, 70, "ink.safetensors", INK);
    for (String source :
        List.of(
            "civitai:7@70",
            "urn:air:sd1:lora:civitai:7@70",
            "https://civitai.com/models/7/ink?modelVersionId=70",
            "https://civitai.com/api/download/models/70",
            "https://civitai.com/api/download/models/70?type=Model&format=SafeTensor&fp=fp16")) {
      RemoteAdapter found = files.pull().find(files.request(source)).get(0);
      assertEquals(server.uri("/api/download/models/70"), found.tensors().address(), source);
      assertEquals(TestAdapters.sha256(INK), found.tensors().sha256().orElseThrow(), source);
    }
    String other = "https://civitai.com/api/download/models/70?fp=fp32";
    assertTrue(files.refusal(other).contains("of the variant that the link asks for"));
    assertTrue(files.refusal("civitai:7@71").contains("there are 70 (v1)"));
  }

  @Test
  void whatIsNoAdapterOnCivitaiIsNotAskedFor() {
    String model = Hubs.civitaiModel(server, 8, 80, "base.safetensors", INK);
    server.json("/api/v1/models/8", model.replace("\"LORA\"", "\"Checkpoint\""));
    assertTrue(files.refusal("civitai:8").contains("no adapter but of the type Checkpoint"));
    server.json("/api/v1/models/8", model.replace("base.safetensors", "base.pt"));
    assertTrue(files.refusal("civitai:8").contains("base.pt is a Python pickle by its name"));
    server.json(
        "/api/v1/models/8",
        model.replace("\"availability\"", "\"usageControl\": \"Generation\", \"availability\""));
    assertTrue(files.refusal("civitai:8").contains("may be used on Civitai alone"));
    assertTrue(server.seen("/api/download/models/80").isEmpty());
  }

  @Test
  void picturesAreNoConditionForAnAdapter() throws Exception {
    Hubs.civitai(server, 7, 70, "ink.safetensors", INK);
    server.at("/picture.png", HubServer.whole("<script>".getBytes(StandardCharsets.UTF_8)));
    files.run("civitai:7");
    assertTrue(
        files.notes.toString().contains("no PNG, JPEG or WebP picture"), files.notes.toString());
    server.at("/picture.png", HubServer.whole(new byte[9 << 20]));
    files.named("second").run("civitai:7");
    assertTrue(files.notes.toString().contains("more than 8388608 bytes"), files.notes.toString());
    server.at("/picture.png", HubServer.status(404));
    files.named("third").run("civitai:7");
    assertEquals(6, files.files().size(), files.files().toString());
    files.withoutPreviews().named("fourth").run("civitai:7");
    assertEquals(3, server.seen("/picture.png").size());
  }

  @Test
  void linkOfAFileNeedsNoHub() throws Exception {
    server.at("/files/ink.safetensors?sig=secret", HubServer.whole(INK));
    assertEquals(
        files.library.resolve("ink.safetensors"),
        files.one("LINK/files/ink.safetensors?sig=secret").path());
    String note = Files.readString(files.library.resolve("ink.json"));
    assertTrue(note.contains(server.other() + "/files/ink.safetensors\""), note);
    assertFalse(note.contains("secret"), note);
    server.at(
        "/get/17",
        HubServer.whole(
            GLOW, "Content-Disposition", "attachment; filename=\"../../glow.safetensors\""));
    assertEquals(files.library.resolve("__.._glow.safetensors"), files.one("LINK/get/17").path());
    server.at(
        "/get/18", HubServer.whole(GLOW, "Content-Disposition", "attachment; filename=glow.ckpt"));
    assertTrue(files.refusal("LINK/get/18").contains("glow.ckpt is a Python pickle by its name"));
  }

  @Test
  void tensorsOfPeftAtALinkComeWithTheirConfiguration() throws Exception {
    byte[] config = TestAdapters.bytes(TestAdapters.PEFT.resolve("adapter_config.json"));
    byte[] tensors = TestAdapters.bytes(TestAdapters.PEFT.resolve("adapter_model.safetensors"));
    server.at("/x/adapter_model.safetensors", HubServer.whole(tensors));
    server.at("/x/adapter_config.json", HubServer.whole(config));
    files.named("poet").run("LINK/x/adapter_model.safetensors");
    assertArrayEquals(
        config, Files.readAllBytes(files.library.resolve("poet/adapter_config.json")));
    server.at("/y/adapter_model.safetensors", HubServer.whole(tensors));
    assertEquals(
        files.library.resolve("lone.safetensors"),
        files.named("lone").one("LINK/y/adapter_model.safetensors").path());
  }

  @Test
  void whatIsThereIsNotReplacedUnasked() throws Exception {
    Hubs.huggingFace(server, "ann/ink", Map.of("ink.safetensors", INK));
    files.run("hf:ann/ink");
    int before = server.seen().size();
    assertTrue(files.one("hf:ann/ink").alreadyThere());
    assertEquals(before + 1, server.seen().size(), "asked for more than the list");

    Files.write(files.library.resolve("ink.safetensors"), GLOW);
    assertTrue(files.refusal("hf:ann/ink").contains("is another file. --overwrite replaces it"));
    assertArrayEquals(GLOW, Files.readAllBytes(files.library.resolve("ink.safetensors")));
    server.at("/ink.safetensors", HubServer.whole(INK));
    assertTrue(
        files.refusal("LINK/ink.safetensors").contains("does not say whether it is the same"));

    String edited =
        Files.readString(files.library.resolve("ink.json"))
            .replaceFirst("\\{", "{\"preferred weight\": 0.6, \"activation text\": \"mine\",");
    Files.writeString(files.library.resolve("ink.json"), edited);
    files.overwriting().run("hf:ann/ink");
    assertArrayEquals(INK, Files.readAllBytes(files.library.resolve("ink.safetensors")));
    assertEquals("mine", note("ink").get("activation text").getAsString());
    assertEquals(0.6, note("ink").get("preferred weight").getAsDouble());
  }

  @Test
  void otherThingsOfItsNameAreNotTouched() throws Exception {
    Hubs.huggingFace(server, "ann/ink", Map.of("ink.safetensors", INK));
    Files.createDirectories(files.library.resolve("ink"));
    assertTrue(files.refusal("hf:ann/ink").contains("two adapters of the name ink"));
    Files.delete(files.library.resolve("ink"));
    Files.writeString(files.library.resolve("ink.json"), "[1]");
    assertTrue(files.refusal("hf:ann/ink").contains("ink.json is in the way"));
    assertEquals("[1]", Files.readString(files.library.resolve("ink.json")));
    assertEquals(List.of("ink.json"), files.files());
  }

  @Test
  void namesOfHubsAreHostileTexts() throws Exception {
    Hubs.civitai(server, 7, 70, "..\\\\..\\\\..\\\\tmp\\\\evil.safetensors", INK);
    StoredAdapter stored = files.one("civitai:7");
    assertEquals(files.library, stored.path().getParent());
    assertEquals("__.._.._tmp_evil.safetensors", stored.path().getFileName().toString());
    String listing =
        """
        {"sha": "%s", "siblings": [
          {"rfilename": "../../../tmp/evil.safetensors", "size": 1},
          {"rfilename": "a\\\\..\\\\b.safetensors", "size": 1},
          {"rfilename": 7}, "x", {}]}
        """
            .formatted(Hubs.COMMIT);
    server.json("/api/models/ann/evil/revision/main?blobs=true", listing);
    assertTrue(files.refusal("hf:ann/evil").contains("has no .safetensors file"));
  }

  @Test
  void repliesOfOtherFormsAreRefused() {
    server.json("/api/models/ann/a/revision/main?blobs=true", "[]");
    assertTrue(files.refusal("hf:ann/a").contains("JSON of another form"));
    server.json("/api/models/ann/b/revision/main?blobs=true", "{\"sha\":");
    assertTrue(files.refusal("hf:ann/b").contains("something else than JSON"));
    server.json("/api/models/ann/c/revision/main?blobs=true", "[".repeat(100_000));
    assertTrue(files.refusal("hf:ann/c").contains("something else than JSON"));
    server.json(
        "/api/models/ann/d/revision/main?blobs=true", "{\"siblings\": \"none\", \"sha\": []}");
    assertTrue(files.refusal("hf:ann/d").contains("has no .safetensors file"));
    server.json("/api/v1/models/9", "{\"type\": \"LORA\", \"modelVersions\": {}}");
    assertTrue(files.refusal("civitai:9").contains("no published version"));
    assertTrue(files.refusal("hf:ann/nothing").contains("nothing of this name on Hugging Face"));
  }

  @Test
  void gatedRepositoriesSayWhatToDo() {
    Hubs.huggingFace(server, "ann/ink", Map.of("ink.safetensors", INK));
    String path = "/ann/ink/resolve/" + Hubs.COMMIT + "/ink.safetensors";
    server.at(path, HubServer.status(403, "X-Error-Code", "GatedRepo"));
    String refused = files.refusal("hf:ann/ink");
    assertTrue(refused.contains("gated: open its page on Hugging Face, log in"), refused);
    assertFalse(Files.exists(files.library.resolve("ink.safetensors")));
  }

  @Test
  void olderRepositoriesWithoutSafetensorsAreRefused() {
    Hubs.huggingFace(server, "ann/old", Map.of("pytorch_lora_weights.bin", INK, "a.md", INK));
    String refused = files.refusal("hf:ann/old");
    assertTrue(refused.contains("pytorch_lora_weights.bin is a Python pickle"), refused);
    assertTrue(refused.contains("Ask its author to convert it"), refused);
  }
}
