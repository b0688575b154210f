package dev.lora4j.server.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** No tenant gets or learns of what is not its own or shared. */
@DisabledOnOs(OS.WINDOWS)
class TenantIsolationTest {
  private static final Tenant ANN = new Tenant("ann");
  private static final Tenant BOB = new Tenant("bob");

  @TempDir Path folder;

  private final List<LibraryEvent> events = new ArrayList<>();
  private Path root;
  private AdapterLibrary library;
  private AdapterCache cache;

  @BeforeEach
  void open() throws IOException {
    root = Files.createDirectory(folder.resolve("root")).toRealPath();
    write("root/shared.safetensors", "shared");
    write("root/tenants/ann/secret.safetensors", "secret of ann");
    write("root/tenants/bob/own.safetensors", "own of bob");
    write("outside/far.safetensors", "far");
    use(LibraryFolders.of(root));
  }

  private void use(LibraryFolders folders) {
    library =
        new AdapterLibrary(
            folders, AdapterAdmission.everything(), folder.resolve("state"), events::add);
    cache = new AdapterCache(library, TaggedAdapters::read, 1 << 20);
  }

  private void write(String path, String tag) {
    TaggedAdapters.write(folder.resolve(path), tag);
  }

  private void link(String path, Path target) throws IOException {
    Path link = folder.resolve(path);
    Files.createDirectories(link.resolveSibling("."));
    Files.createSymbolicLink(link, target);
  }

  private List<String> names(Tenant tenant) {
    return library.list(tenant).stream().map(f -> f.key().name()).toList();
  }

  private String content(Tenant tenant, String name) {
    try (AdapterLease lease = cache.acquire(tenant, name)) {
      return TaggedAdapters.tag(lease);
    }
  }

  private String refusal(Tenant tenant, String name) {
    return assertThrows(UnknownAdapterException.class, () -> cache.acquire(tenant, name))
        .getMessage();
  }

  @Test
  void tenantSeesItsOwnAndTheShared() {
    assertEquals(List.of("secret", "shared"), names(ANN));
    assertEquals(List.of("own", "shared"), names(BOB));
    assertEquals(List.of("shared"), names(Tenant.SHARED));
    assertEquals(List.of("shared"), names(new Tenant("nobody")));
    assertEquals("secret of ann", content(ANN, "secret"));
  }

  @Test
  void ownNameGoesBeforeTheShared() {
    write("root/tenants/ann/shared.safetensors", "ann's");
    write("root/styles/own.safetensors", "shared style");
    library.refresh();
    assertEquals("ann's", content(ANN, "shared"));
    assertEquals("shared", content(BOB, "shared"));
    assertEquals("own of bob", content(BOB, "own"));
    assertEquals("shared style", content(ANN, "own"));
  }

  @Test
  void wrongTenantIsToldWhatMissingIs() throws IOException {
    content(ANN, "secret");
    for (String name :
        List.of("secret", "tenants/ann/secret", "secre", "../ann/secret", "ann/secret")) {
      String told = refusal(BOB, name);
      Path secret = folder.resolve("root/tenants/ann/secret.safetensors");
      Path aside = folder.resolve("aside");
      Files.move(secret, aside);
      library.refresh();
      assertEquals(told, refusal(BOB, name));
      Files.move(aside, secret);
      library.refresh();
    }
    assertEquals("There is no adapter secret.", refusal(BOB, "secret"));
  }

  @Test
  void linkOutOfTheRootIsNotFollowed() throws IOException {
    Path far = folder.resolve("outside/far.safetensors");
    link("root/far.safetensors", far);
    link("root/away", folder.resolve("outside"));
    link("root/peft/adapter_model.safetensors", far);
    write("root/peft/adapter_config.json", "{}");
    write("root/other/adapter_model.safetensors", "x");
    link("root/other/adapter_config.json", far);
    library.refresh();
    assertEquals(List.of("shared"), names(Tenant.SHARED));
    assertTrue(
        events.stream().anyMatch(e -> e.text().contains(root.resolve("away").toString())),
        events::toString);
  }

  @Test
  void linkWithinTheRootIsFollowed() throws IOException {
    link("root/alias.safetensors", root.resolve("shared.safetensors"));
    link("root/loop/again", root);
    library.refresh();
    assertEquals(List.of("alias", "shared"), names(Tenant.SHARED));
    assertEquals("shared", content(BOB, "alias"));
  }

  @Test
  void linkToATenantGivesNothingAway() throws IOException {
    Path secret = root.resolve("tenants/ann/secret.safetensors");
    link("root/alias.safetensors", secret);
    link("root/all", root.resolve("tenants"));
    link("root/tenants/bob/stolen.safetensors", secret);
    link("root/tenants/eve", root.resolve("tenants/ann"));
    library.refresh();
    assertEquals(List.of("shared"), names(Tenant.SHARED));
    assertEquals(List.of("own", "shared"), names(BOB));
    assertEquals(List.of("shared"), names(new Tenant("eve")));
  }

  @Test
  void fileThatBecomesALinkIsGone() throws IOException {
    content(Tenant.SHARED, "shared");
    Files.delete(root.resolve("shared.safetensors"));
    link("root/shared.safetensors", root.resolve("tenants/ann/secret.safetensors"));
    assertEquals("There is no adapter shared.", refusal(BOB, "shared"));
    Files.delete(root.resolve("shared.safetensors"));
    link("root/shared.safetensors", folder.resolve("outside/far.safetensors"));
    assertEquals("There is no adapter shared.", refusal(BOB, "shared"));
  }

  @Test
  void deviceIsNoAdapter() throws IOException {
    link("root/zero.safetensors", Path.of("/dev/zero"));
    write("root/peft/adapter_config.json", "{}");
    link("root/peft/adapter_model.safetensors", Path.of("/dev/zero"));
    library.refresh();
    assertEquals(List.of("shared"), names(Tenant.SHARED));
  }

  @Test
  void tenantFolderInsideARootStaysPrivate() {
    write("root/team/plan.safetensors", "of ann");
    use(LibraryFolders.of(root).withTenant(ANN, root.resolve("team")));
    assertEquals(List.of("shared"), names(Tenant.SHARED));
    assertEquals("of ann", content(ANN, "plan"));
    assertThrows(UnknownAdapterException.class, () -> cache.load(BOB, "x", "team/plan", false));
  }

  @Test
  void folderOfTwoTenantsIsRefused() {
    LibraryFolders folders =
        LibraryFolders.of(root).withTenant(ANN, folder).withTenant(BOB, folder);
    AdapterLibrary shared =
        new AdapterLibrary(
            folders, AdapterAdmission.everything(), folder.resolve("state"), events::add);
    assertThrows(IllegalArgumentException.class, shared::refresh);
  }

  @Test
  void pathOnRequestStaysWithinTheFolders() {
    String far = folder.resolve("outside/far.safetensors").toString();
    String secret = root.resolve("tenants/ann/secret.safetensors").toString();
    for (String path :
        List.of(
            far,
            far + "x",
            secret,
            secret + "x",
            "../outside/far",
            "tenants/ann/secret",
            "../ann/secret.safetensors",
            "/dev/zero",
            "\0")) {
      UnknownAdapterException refused =
          assertThrows(UnknownAdapterException.class, () -> cache.load(BOB, "x", path, false));
      assertTrue(refused.getMessage().contains("that you may use"), refused.getMessage());
    }
    cache.load(BOB, "x", "own", false);
    cache.load(BOB, "y", root.resolve("shared.safetensors").toString(), false);
    assertEquals("own of bob", content(BOB, "x"));
    assertEquals("shared", content(BOB, "y"));
    assertEquals("There is no adapter x.", refusal(ANN, "x"));
  }
}
