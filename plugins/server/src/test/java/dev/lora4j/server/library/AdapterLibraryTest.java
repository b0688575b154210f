package dev.lora4j.server.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.identity.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterLibraryTest {
  @TempDir Path folder;

  private final List<LibraryEvent> events = new ArrayList<>();
  private Path root;
  private AdapterLibrary library;

  @BeforeEach
  void open() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
    library = library(LibraryFolders.of(root));
  }

  private AdapterLibrary library(LibraryFolders folders) {
    return new AdapterLibrary(
        folders, AdapterAdmission.everything(), folder.resolve("state"), events::add);
  }

  private Path write(String name, String tag) {
    return TaggedAdapters.write(root.resolve(name), tag);
  }

  private List<String> names() {
    return library.list(Tenant.SHARED).stream().map(f -> f.key().name()).toList();
  }

  private String found(String name) {
    return library.find(Tenant.SHARED, name).key().name();
  }

  private String refusal(String name) {
    return assertThrows(UnknownAdapterException.class, () -> library.find(Tenant.SHARED, name))
        .getMessage();
  }

  @Test
  void namesArePathsWithoutTheEnding() {
    write("ink.safetensors", "ink");
    write("styles/old/glow.safetensors", "glow");
    write("styles/readme.txt", "nothing");
    write(".hidden/x.safetensors", "x");
    write("styles/.x.safetensors", "x");
    assertEquals(List.of("ink", "styles/old/glow"), names());
    assertEquals(3, library.list(Tenant.SHARED).get(0).bytes());
    assertEquals("styles/old/glow", found("styles/old/glow"));
  }

  @Test
  void adaptersOfRunsAreFoundByTheirWholeNamesAlone() {
    write("styles/ink.safetensors", "ink");
    write("styles/ink.run/adapters/ink-step00000500.safetensors", "early");
    write("styles/ink.run/adapters/ink.safetensors", "other");
    write("run/glow.safetensors", "glow");
    assertEquals(List.of("run/glow", "styles/ink"), names());
    assertEquals("styles/ink", found("ink"), "no adapter of a run stands in its way");
    String early = "styles/ink.run/adapters/ink-step00000500";
    assertEquals(early, found(early));
    assertTrue(library.has(Tenant.SHARED, early));
    assertEquals(
        "There is no adapter ink-step00000500. Nearest: styles/ink.",
        refusal("ink-step00000500"),
        "nor is it offered where another was meant");
  }

  @Test
  void peftFolderIsOneAdapter() throws IOException {
    write("peft/adapter_config.json", "{}");
    write("peft/adapter_model.safetensors", "peft");
    write("peft/checkpoint/adapter_model.safetensors", "older");
    write("halves/adapter_config.json", "{}");
    assertEquals(List.of("peft"), names());
    AdapterFile file = library.find(Tenant.SHARED, "peft");
    assertEquals(
        List.of("adapter_config.json", "adapter_model.safetensors"),
        file.parts().stream().map(AdapterFile.Part::name).toList());
    String lines =
        hash("{}") + "  adapter_config.json\n" + hash("peft") + "  adapter_model.safetensors\n";
    assertEquals(hash(lines), library.sha256(file));
    write("peft/adapter_config.json", "{\"r\": 2}");
    assertNotEquals(file, library.find(Tenant.SHARED, "peft"), "the configuration is a part");
  }

  private static String hash(String text) {
    return Digests.hex(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void onlyBaseNameOfAKindSuffices() {
    write("a/ink.safetensors", "1");
    write("a/glow.safetensors", "2");
    write("b/glow.safetensors", "3");
    assertEquals("a/ink", found("ink"));
    assertEquals("There is no adapter glow. Nearest: a/glow, b/glow.", refusal("glow"));
    write("glow.safetensors", "4");
    library.refresh();
    assertEquals("glow", found("glow"), "an exact name goes before");
  }

  @Test
  void misspeltNameGetsCandidates() {
    write("watercolour.safetensors", "1");
    write("deep/ink-drawing.safetensors", "2");
    assertEquals("There is no adapter watercolor. Nearest: watercolour.", refusal("watercolor"));
    assertEquals(
        "There is no adapter inkdrawing. Nearest: deep/ink-drawing.", refusal("inkdrawing"));
    assertEquals("There is no adapter zzz.", refusal("zzz"));
    assertEquals("There is no adapter a\\u001b[2J.", refusal("a\u001b[2J"));
  }

  @Test
  void earlierRootGoesBefore() throws IOException {
    Path second = Files.createDirectory(folder.resolve("second"));
    TaggedAdapters.write(second.resolve("ink.safetensors"), "later");
    TaggedAdapters.write(second.resolve("glow.safetensors"), "later");
    write("ink.safetensors", "first");
    library = library(LibraryFolders.of(root, second));
    assertEquals(List.of("glow", "ink"), names());
    assertEquals(
        root.toRealPath().resolve("ink.safetensors"), library.find(Tenant.SHARED, "ink").real());
  }

  @Test
  void newFileIsSeenAtRefresh() {
    assertEquals(List.of(), names());
    write("ink.safetensors", "ink");
    assertEquals(List.of(), names());
    library.refresh();
    assertEquals(List.of("ink"), names());
  }

  @Test
  void goneAndChangedFilesAreSeenAtUse() throws IOException {
    Path ink = write("ink.safetensors", "ink");
    AdapterFile before = library.find(Tenant.SHARED, "ink");
    assertEquals(before, library.find(Tenant.SHARED, "ink"));
    write("ink.safetensors", "other");
    assertNotEquals(before, library.find(Tenant.SHARED, "ink"));
    Files.delete(ink);
    String gone = refusal("ink");
    library.refresh();
    assertEquals(gone, refusal("ink"));
  }

  @Test
  void caseCountsAsInTheFileSystem() {
    Path file = write("Ink.safetensors", "1");
    AdapterFile found = library.find(Tenant.SHARED, "Ink");
    Catalogue any = new Catalogue(List.of(found), new CaseRule(false));
    assertEquals(Optional.of(found.key()), any.find(Tenant.SHARED, "INK"));
    Catalogue exact = new Catalogue(List.of(found), new CaseRule(true));
    assertEquals(Optional.empty(), exact.find(Tenant.SHARED, "INK"));
    boolean sensitive = !Files.exists(file.resolveSibling("iNK.safetensors"));
    assertEquals(sensitive, CaseRule.of(root).sensitive());
  }

  @Test
  void missingRootIsNotedAndEmpty() {
    library = library(LibraryFolders.of(folder.resolve("later")));
    assertEquals(List.of(), names());
    assertTrue(events.get(0).text().contains("later"), events::toString);
    assertFalse(events.stream().anyMatch(e -> e.kind() != LibraryEvent.Kind.NOTE));
  }
}
