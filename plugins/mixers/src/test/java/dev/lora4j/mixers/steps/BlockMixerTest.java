package dev.lora4j.mixers.steps;

import static dev.lora4j.mixers.steps.Asked.adapter;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.BlockNames;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.BlockWeights;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.SiteWeights;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.WeightMixer;
import dev.lora4j.core.nn.Site;
import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.Extensions;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Block weights on the layers of real families. */
class BlockMixerTest {
  private static final SiteCatalogue SD = Families.named("sd15").sites();
  private static final SiteCatalogue XL = Families.named("sdxl").sites();
  private static final MixPlan ASKED = MixPlan.of(adapter("ink"), 0.7).with(adapter("glow"), 0.5);

  private static MixPlan mix(String settings, SiteCatalogue sites) {
    String request = settings.isEmpty() ? "lbw" : "lbw:" + settings;
    return ((WeightMixer) Extensions.installed().make(Mixer.class, request))
        .plan(ASKED, 4, sites, Asked.UNSEEN);
  }

  private static SiteWeights first(String settings, SiteCatalogue sites) {
    return mix(settings, sites).parts().get(0).shares();
  }

  /** As the extension's program has them, a number for each of its 17 blocks. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ':',
      value = {
        "NONE:0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0",
        "ALL:1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1",
        "INS:1,1,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0",
        "IND:1,0,0,0,1,1,1,0,0,0,0,0,0,0,0,0,0",
        "INALL:1,1,1,1,1,1,1,0,0,0,0,0,0,0,0,0,0",
        "MIDD:1,0,0,0,1,1,1,1,1,1,1,1,0,0,0,0,0",
        "OUTD:1,0,0,0,0,0,0,0,1,1,1,1,0,0,0,0,0",
        "OUTS:1,0,0,0,0,0,0,0,0,0,0,0,1,1,1,1,1",
        "OUTALL:1,0,0,0,0,0,0,0,1,1,1,1,1,1,1,1,1",
        "ALL0.5:.5,.5,.5,.5,.5,.5,.5,.5,.5,.5,.5,.5,.5,.5,.5,.5,.5"
      })
  void presetsAreTheExtensions(String preset, String numbers) {
    assertEquals(
        BlockWeights.of(numbers, SD).bySite(), first("list=17,blocks=" + preset, SD).bySite());
  }

  /** Which blocks count, of all that have layers which adapters change. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sd15 | 26 | IND | BASE IN05 IN06 IN07 IN08 IN09 IN10 IN11",
        "sd15 | 0 | OUTD | BASE OUT00 OUT01 OUT02 OUT03 OUT04 OUT05 OUT06",
        "sdxl | 20 | INS | BASE IN00 IN01 IN02 IN03 IN04 IN05",
        "sdxl | 0 | MIDD | BASE IN06 IN07 IN08 M00 OUT00 OUT01 OUT02",
        "sdxl | 12 | OUTS | BASE OUT03 OUT04 OUT05"
      })
  void presetsCountTheirBlocks(String family, int list, String preset, String expected) {
    SiteCatalogue sites = family.equals("sd15") ? SD : XL;
    SiteWeights shares = first("list=" + list + ",blocks=" + preset, sites);
    BlockNames names = new BlockNames(sites);
    Set<String> counting = new TreeSet<>();
    for (Site site : sites.all()) {
      String block = names.of(site.name()).orElseThrow().toString();
      if (shares.at(site.name()) == 1 && !block.equals("IN") && !block.equals("OUT")) {
        counting.add(block);
      }
    }
    assertEquals(new TreeSet<>(Arrays.asList(expected.split(" ", -1))), counting);
  }

  @Test
  void adaptersHaveTheirOwnBlockWeights() {
    MixPlan plan = mix("blocks=glow=0,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,.5 ink=IN04:0,M00:2", SD);
    assertEquals(BlockWeights.of("IN04:0,M00:2", SD), plan.parts().get(0).shares());
    assertEquals(
        BlockWeights.of("BASE:0,IN00:0,IN03:0,IN06:0,IN09-11:0,OUT00-02:0,OUT11:0.5", SD).bySite(),
        plan.parts().get(1).shares().bySite());
    MixPlan one = mix("blocks=glow=INALL", SD);
    assertEquals(ASKED.parts().get(0), one.parts().get(0));
    assertEquals("ink 0.7 + glow 0.5 (INALL)", one.toString());
    assertEquals("ink 0.7 (INS) + glow 0.5 (OUTD)", mix("blocks=INS OUTD", SD).toString());
    assertEquals("ink 0.7 (INS) + glow 0.5 (INS)", mix("blocks=INS", SD).toString());
    assertEquals(ASKED.parts(), mix("", SD).parts());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "blocks=fog=INS | blocks is for fog; it takes each of these once: ink, glow",
        "blocks=ink=INS ink=IND | blocks says two things of ink",
        "blocks=ink=INS IND | blocks has 2 values, of which 1 have a name",
        "blocks=INS IND ALL | 3 values",
        "blocks=1,1,1 | A list of 3 block weights fits none",
        "blocks=INX | found 'INX'",
        "blocks=IN77:1 | no block 'IN77'",
        "blocks=INS,list=12 | the list is of 12",
        "blocks=FLUXALL | is for FLUX"
      })
  void invalidBlockSettingsAreRefused(String settings, String told) {
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> mix(settings, SD), settings);
    assertTrue(String.valueOf(refused.getMessage()).contains(told), refused.getMessage());
  }

  @Test
  void allOfFluxIsAPresetToo() {
    SiteCatalogue flux = Families.named("flux").sites();
    for (String list : new String[] {"", ",list=61"}) {
      assertTrue(first("blocks=FLUXALL" + list, flux).all());
    }
  }

  @Test
  void twoSharesOfOneBlockAreRefused() {
    SiteWeights shares = BlockWeights.of("IN:0.5", SD);
    MixPlan weighed = ASKED.parts(ASKED.parts().stream().map(p -> p.shares(shares)).toList());
    WeightMixer mixer = (WeightMixer) Extensions.installed().make(Mixer.class, "lbw:blocks=INS");
    Exception refused =
        assertThrows(
            IllegalArgumentException.class, () -> mixer.plan(weighed, 4, SD, Asked.UNSEEN));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("ink, which has block weights already"));
    assertThrows(ExtensionException.class, () -> mix("list=18", SD));
    Exception base =
        assertThrows(
            IllegalArgumentException.class,
            () -> mix("blocks=NONE", Families.named("flux").sites()));
    assertTrue(String.valueOf(base.getMessage()).contains("this base has 0"), base.getMessage());
  }
}
