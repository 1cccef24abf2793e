"""Where the portal works: boundary, wards, postcodes, calendar and policy profiles."""
