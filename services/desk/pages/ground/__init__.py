"""The ground that pins are set on: grids of one subdistrict or of all, drawn without tiles."""
