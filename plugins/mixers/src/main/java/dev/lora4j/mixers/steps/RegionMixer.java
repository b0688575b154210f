package dev.lora4j.mixers.steps;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.RegionMask;
import dev.lora4j.core.mixer.AdapterDeltas;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.WeightMixer;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Regions of the picture for each adapter, without a file for each area. */
@Extension(
    point = Mixer.class,
    name = "regions",
    help = "Where in the picture each adapter counts.")
public record RegionMixer(
    @Setting(
            help =
                "Of each adapter: NAME=left, right, top, bottom or middle, or shares of the picture"
                    + " from the left and from the top, NAME=0.1-0.6x0-0.5; without names one for"
                    + " each.")
        List<String> areas,
    @Setting(
            help = "Width of the edges, as a share of the picture; 0 is sharp.",
            defaultValue = "0",
            min = 0,
            max = 0.5)
        double feather)
    implements WeightMixer {
  /** Copies the list, and refuses what is no area. */
  public RegionMixer {
    areas = List.copyOf(areas);
    areas.forEach(a -> Rectangle.parse(a.substring(a.lastIndexOf('=') + 1)));
  }

  @Override
  public MixPlan plan(MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
    List<Optional<String>> said = PerAdapterList.of("areas", areas, asked);
    List<MixPlan.Part> parts = new ArrayList<>();
    for (int i = 0; i < said.size(); i++) {
      MixPlan.Part part = asked.parts().get(i);
      if (said.get(i).isPresent() && part.area().isPresent()) {
        throw new IllegalArgumentException(
            "regions cannot place "
                + part.adapter().name()
                + ", which has a region already: "
                + part.area().get());
      }
      parts.add(said.get(i).map(text -> part.within(area(text))).orElse(part));
    }
    return asked.parts(parts);
  }

  private RegionMask area(String text) {
    return Rectangle.parse(text).area(text, feather);
  }
}
